// js/state.js: the connection, and what is kept over a login.

import assert from "node:assert/strict";
import { test } from "node:test";

import { initial } from "#js/state.js";
import { after, ANA, INVITE, lost, snapshot } from "./world.mjs";

test("the link follows the connection", () => {
  /** @type {Action} */
  const full = { type: "serverFull", why: "There are too many." };
  assert.deepEqual([after().link, after().joined], ["connecting", false]);
  assert.equal(after(snapshot()).link, "online");
  assert.equal(after(snapshot(), lost).link, "offline");
  assert.equal(after(snapshot(), { type: "serverStopped" }).link, "stopped");
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
  const stale = { message: "written before" };
  const { outbox } = initial({ you: ANA, invite: INVITE, outbox: [draft("a"), draft("z")], stale });
  assert.deepEqual(
    outbox.map(({ error }) => error),
    [null, stale],
  );
});
