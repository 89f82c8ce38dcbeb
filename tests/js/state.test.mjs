// js/state.js: the connection, and what is kept over a login.

import assert from "node:assert/strict";
import { test } from "node:test";

import { nextDraft, waiting } from "#js/outbox.js";
import { keepDraft } from "#js/page.js";
import { initial, reduce } from "#js/state.js";
import { after, ANA, INVITE, lost, MORNING, snapshot, STALE } from "./world.mjs";

test("the link follows the connection", () => {
  /** @type {Action} */
  const full = { type: "serverFull", why: "There are too many." };
  assert.deepEqual([after().link, after().joined], ["connecting", false]);
  assert.equal(after(snapshot()).link, "online");
  assert.equal(after(snapshot(), lost).link, "offline");
  assert.equal(after(lost).link, "offline"); // others may be seen before the first snapshot
  assert.equal(after(snapshot(), { type: "serverStopped" }, lost).link, "stopped");
  assert.deepEqual([after(full).link, after(full).whyFull], ["full", "There are too many."]);
  assert.deepEqual([after(full, snapshot()).joined, after(snapshot(), lost).joined], [true, false]);
});

test("the invitation follows the network, and an answer without one changes nothing", () => {
  const [first, second] = ["http://a", "http://b"].map((url) => ({ lanUrl: url, inviteUrl: url }));
  /** @type {Action} */
  const changed = { type: "inviteChanged", invite: first };
  assert.equal(after(changed).invite, first);
  assert.equal(after(changed, snapshot([1], { invite: second })).invite, second);
  assert.equal(after(changed, snapshot([1])).invite, first);
});

test("what was written before one logged in anew is said again only if one asks", () => {
  const draft = (/** @type {string} */ by) => ({ client_id: by, text: "hello", by, error: null });
  const outbox = [draft("a"), draft("z")];
  const page = initial({ you: ANA, invite: INVITE, outbox, stale: STALE });
  assert.deepEqual(
    page.outbox.map(({ error }) => error),
    [null, STALE],
  );
});

test("nothing is sent for whoever has logged in while the page slept", () => {
  const you = { id: "b", name: "Bia" };
  /** @type {Action} */
  const queued = { type: "draftQueued", draft: { client_id: "x", text: "of Ana" } };
  const state = after(snapshot(), lost, queued, snapshot([], { you }));
  assert.deepEqual([state.you, state.outbox[0].error, waiting(state)], [you, STALE, []]);
  const [asked] = waiting(reduce(state, { type: "draftRetried", client_id: "x" }));
  assert.deepEqual([asked.by, asked.text], ["b", "of Ana"]);
});

test("what somebody else had begun to write is said only if one asks", () => {
  const draft = { client_id: "x", text: "half a thou", by: "z" };
  const state = after(snapshot(), { type: "draftLeft", draft });
  assert.deepEqual([state.outbox, waiting(state)], [[{ ...draft, error: STALE }], []]);
});

test("what is being written is kept for its writer, by id or by name", () => {
  /** @type {readonly string[] | null} */
  let value = null;
  const kept = {
    load: () => value,
    save: (/** @type {readonly string[] | null} */ saved) => {
      value = saved;
    },
  };
  const found = (/** @type {User} */ writer) => {
    const draft = keepDraft(kept, () => writer);
    return [draft.load(), draft.left()];
  };
  keepDraft(kept, () => ANA).save("half a thou");
  assert.deepEqual(found({ ...ANA, name: "Ana M." }), ["half a thou", null]);
  assert.deepEqual(found({ id: "z", name: "Ana" }), ["half a thou", null]);
  assert.deepEqual(found({ id: "b", name: "Bia" }), ["", { by: "a", text: "half a thou" }]);
  assert.deepEqual(found(ANA), ["", null]);
});

test("what the server has stored is not sent again, whoever is logged in by now", () => {
  /** @type {Action} */
  const queued = { type: "draftQueued", draft: { client_id: "x", text: "of Ana" } };
  /** @type {Action} */
  const stored = { type: "draftStored", client_id: "x", id: 7, time: MORNING, now: 0 };
  const state = after(snapshot(), queued, snapshot([], { you: { id: "b", name: "Bia" } }), stored);
  assert.deepEqual([state.outbox, state.messages], [[], []]);
});

test("a message waits for its files and lets others pass; then it has them like any other", () => {
  const file = { name: "a.jpg", type: "image/jpeg", size: 9, width: 4, height: 3 };
  const files = ["k", "l"].map((key) => ({ key, ...file }));
  /** @type {(key: string, upload: string) => Action} */
  const sent = (key, upload) => {
    const change = { upload, whole: true, thumb: key === "k" };
    return { type: "fileChanged", client_id: "x", key, change };
  };
  const actions = /** @type {Action[]} */ ([
    { type: "draftQueued", draft: { client_id: "x", text: "", files } },
    { type: "draftQueued", draft: { client_id: "y", text: "words" } },
  ]);
  const waits = after(snapshot(), ...actions, sent("k", "1"));
  assert.equal(nextDraft(waits)?.client_id, "y");
  const whole = reduce(waits, sent("l", "2"));
  assert.equal(nextDraft(whole)?.client_id, "x");
  const said = reduce(whole, { type: "draftStored", client_id: "x", id: 1, time: MORNING, now: 0 });
  assert.deepEqual(said.messages[0].files, [
    { ...file, id: "1", thumb: "/files/1/thumb" },
    { ...file, id: "2" },
  ]);
});

test("who tries again asks the server how far the files are", () => {
  const file = { key: "k", name: "a", type: "", size: 9, upload: "1", whole: true };
  const draft = { client_id: "x", text: "", files: [file] };
  const tried = after(
    snapshot(),
    { type: "draftQueued", draft },
    { type: "draftRefused", client_id: "x", error: { code: "unknown_file", message: "gone" } },
    { type: "draftRetried", client_id: "x" },
  );
  assert.equal(nextDraft(tried), undefined);
  assert.deepEqual(tried.outbox[0].files, [{ ...file, whole: false }]);
});
