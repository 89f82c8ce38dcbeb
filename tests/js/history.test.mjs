// js/history.js: what a reader sees, in whatever order it comes.

import assert from "node:assert/strict";
import { test } from "node:test";

import { waiting } from "#js/outbox.js";
import { reduce } from "#js/state.js";
import {
  after,
  deleted,
  gone,
  ids,
  joined,
  left,
  lost,
  message,
  posted,
  queued,
  refused,
  snapshot,
  stored,
  texts,
} from "./world.mjs";

test("a live message before the catch-up takes its place", () => {
  const state = after(posted(7), snapshot([5, 6, 7]), posted(6), posted(8));
  assert.deepEqual(ids(state), [5, 6, 7, 8]);
  assert.equal(state.lastSeq, 8);
});

test("a live message before the catch-up is not progress: what lies between is asked for again", () => {
  assert.equal(after(snapshot([1]), lost, posted(9)).lastSeq, 1);
});

test("the answer to an own message is not progress: an earlier one may still be on its way", () => {
  const state = after(snapshot([1]), queued("x"), stored("x", 3));
  assert.deepEqual(ids(state), [1, 3]);
  assert.equal(state.lastSeq, 1);
  assert.deepEqual(state.outbox, []);
});

test("the catch-up takes a draft out of the queue that the server had, though it did not say so", () => {
  const own = message(2, { user_id: "a", client_id: "x" });
  const state = after(queued("x"), snapshot([own]));
  assert.deepEqual(ids(state), [2]);
  assert.deepEqual(state.outbox, []);
});

test("nobody makes another's draft disappear by sending its client_id", () => {
  const state = after(snapshot([1]), queued("x"), posted(2, { user_id: "evil", client_id: "x" }));
  assert.deepEqual(
    state.outbox.map(({ client_id }) => client_id),
    ["x"],
  );
});

test("where the catch-up left older messages out, the reader can see it", () => {
  const state = after(snapshot([1, 2]), snapshot([50, 51], { complete: false }));
  assert.deepEqual(ids(state), [1, 2, 50, 51]);
  assert.deepEqual(state.gaps, [50]);
});

for (const fresh of [[], [1, 2]]) {
  test(`a history that was begun anew replaces the old one, with ${fresh.length} messages`, () => {
    const state = after(snapshot([40, 41]), lost, snapshot(fresh, { anew: true, epoch: "f" }));
    assert.deepEqual(ids(state), fresh);
    assert.deepEqual([state.lastSeq, state.epoch], [fresh.at(-1) ?? 0, "f"]);
  });
}

test("what came live on this connection belongs to the new history, whose ids are the same", () => {
  const fresh = posted(41, { message: "of the new one" });
  const state = after(snapshot([40, 41]), lost, fresh, snapshot([40], { anew: true, seq: 40 }));
  assert.deepEqual(texts(state), ["message 40", "of the new one"]);
  assert.equal(state.lastSeq, 41);
});

for (const shown of [[], [1]]) {
  test(`what came live is shown with the answer or not at all, after ${shown.length}`, () => {
    /** @type {Action} */
    const stopping = { type: "serverStopped" };
    for (const link of [lost, stopping]) {
      const before = shown.length > 0 ? [snapshot(shown), lost] : [];
      const state = after(...before, posted(2), posted(3), link, lost, posted(5));
      assert.deepEqual(ids(state), shown);
      // Message 3 was deleted meanwhile, and more has happened than an answer holds.
      const answered = reduce(state, snapshot([2, 4], { complete: false }));
      assert.deepEqual(ids(answered), [...shown, 2, 4, 5]);
      assert.deepEqual(ids(reduce(state, snapshot([4], { anew: true }))), [4, 5]);
    }
  });
}

test("older messages are missing also where all that came is deleted, or nothing has come", () => {
  const more = { complete: false, seq: 60 };
  assert.deepEqual(after(snapshot([40]), snapshot([gone(50, 60)], more), posted(61)).gaps, [50]);
  assert.deepEqual(after(snapshot([40]), snapshot([], more), posted(61)).gaps, [61]);
});

test("what came live and is in the answer already is not taken twice", () => {
  const answer = snapshot([gone(2, 3)], { seq: 3 });
  assert.deepEqual(ids(after(posted(1), posted(2), deleted(2, 3), posted(4), answer)), [4]);
});

test("a history that was cleared before the answer came stays cleared", () => {
  /** @type {Action} */
  const clearing = { type: "historyCleared", upTo: 2, now: 0 };
  assert.deepEqual(ids(after(clearing, snapshot([1, 2, 3], { seq: 3 }))), [3]);
});

test("all that one person has said goes at once, also what comes later in an answer", () => {
  /** @type {Action} */
  const clearing = { type: "userCleared", userId: message(1).user_id, upTo: 2, seq: 9 };
  const state = after(snapshot([1, 2, 3]), clearing);
  assert.deepEqual([ids(state), state.lastSeq], [[3], 9]);
  assert.deepEqual(ids(after(clearing, snapshot([1, 2, 3], { seq: 3 }))), [3]);
  assert.deepEqual(ids(after(clearing, snapshot([1, 2, 3], { seq: 3, anew: true }))), [3]);
  const others = { ...clearing, userId: "somebody else" };
  assert.deepEqual(ids(after(snapshot([1, 2, 3]), others)), [1, 2, 3]);
});

test("a change that came live before the answer is merged into it: the greater position counts", () => {
  /** @type {Action} */
  const edited = { type: "messageChanged", message: message(2, { seq: 9, message: "edited" }) };
  assert.deepEqual(texts(after(edited, snapshot([1, 2, 3], { seq: 8 }))), [
    "message 1",
    "edited",
    "message 3",
  ]);
  assert.equal(after(snapshot([1, 2, 3]), edited, edited).lastSeq, 9);
});

test("a message that is shown takes its new words at once, and keeps them against older ones", () => {
  const [edited, older] = [9, 7].map((seq) => message(2, { seq, message: `at ${seq}` }));
  const state = after(
    snapshot([2]),
    { type: "messageChanged", message: edited },
    { type: "messageChanged", message: older },
  );
  assert.deepEqual(texts(state), ["at 9"]);
});

test("what has changed while the page was away is shown as it is now", () => {
  const changed = [message(1, { seq: 5, message: "edited" }), gone(2, 6)];
  const state = after(snapshot([1, 2, 3]), lost, snapshot([4], { changed, seq: 6 }));
  assert.deepEqual(texts(state), ["edited", "message 3", "message 4"]);
  assert.equal(state.lastSeq, 6);
});

test("what a stopping server refuses waits for it to come back", () => {
  const no = refused("x", "unavailable");
  const stopping = after(snapshot([1]), queued("x"), { type: "serverStopped" }, no);
  assert.equal(waiting(stopping).length, 1);
  assert.equal(waiting(after(snapshot([1]), queued("x"), no)).length, 0);
});

test("a draft that was refused is sent again only if its writer asks", () => {
  const no = refused("x", "too_long");
  const state = after(queued("x"), queued("y"), no);
  assert.deepEqual(
    waiting(state).map(({ client_id }) => client_id),
    ["y"],
  );
  const retried = after(queued("x"), no, { type: "draftRetried", client_id: "x" });
  assert.equal(waiting(retried).length, 1);
  assert.deepEqual(after(queued("x"), { type: "draftDiscarded", client_id: "x" }).outbox, []);
});

test("the server's clock is known from its answer to an own message", () => {
  const state = after(snapshot(), queued("x"), stored("x", 1, 1_000));
  assert.equal(state.clockOffset, Date.parse("2026-11-23T02:08:00.123Z") - 1_000);
});

test("what has changed and is not shown does not come back alone", () => {
  const changed = [message(1, { seq: 5, message: "edited" })];
  const state = after(snapshot([2, 3]), lost, snapshot([4], { changed, seq: 5 }));
  assert.deepEqual(ids(state), [2, 3, 4]);
});

test("a deleted message does not come back with an answer that was on its way", () => {
  const state = after(posted(5), deleted(6, 8), snapshot([4, 5, 6, 7]));
  assert.deepEqual(ids(state), [4, 5, 7]);
});

test("a deleted message does not come back with the answer to its writer's retry", () => {
  const state = after(snapshot([1]), posted(2), deleted(2, 3), queued("x"), stored("x", 2));
  assert.deepEqual(ids(state), [1]);
  assert.deepEqual(state.outbox, []);
});

test("who was away learns what was deleted, singly or up to an id", () => {
  const news = snapshot([8], { changed: [gone(6, 9)], cleared: 4, seq: 9 });
  assert.deepEqual(ids(after(snapshot([3, 4, 5, 6, 7]), lost, news)), [5, 7, 8]);
});

test("a cleared history takes its notes along and leaves a line", () => {
  /** @type {Action} */
  const cleared = { type: "historyCleared", upTo: 3, now: 0 };
  const state = after(snapshot([1, 2]), posted(3), joined("b"), posted(4), left("c"), cleared);
  assert.deepEqual(ids(state), [4]);
  assert.deepEqual(
    state.notes.map(({ key }) => key.slice(0, 6)),
    ["left:c", "told:0"],
  );
});

test("what is too old goes without a word, also where it is quoted, pinned or comes later", () => {
  const quoted = { id: 2, user_id: "b", user: "Bia", message: "message 2" };
  const answer = message(6, { reply_to: 2, quoted });
  const pins = [message(2), message(5)];
  const shown = snapshot([1, 2, 4, 5], { complete: false, pins });
  /** @type {(...ranges: IdRange[]) => Action} */
  const retired = (...ranges) => ({ type: "messagesRetired", ranges });
  const state = after(shown, joined("b"), posted(6, answer), retired([4, 4], [0, 2]));
  assert.deepEqual(ids(state), [5, 6]);
  assert.deepEqual([state.messages[1]?.quoted?.message, state.pins.length], ["", 1]);
  assert.deepEqual(
    [state.gaps, state.notes.length, state.retired],
    [
      [],
      1,
      [
        [0, 2],
        [4, 4],
      ],
    ],
  );
  assert.deepEqual(after(shown, retired([0, 2]), retired([3, 4])).retired, [[0, 4]]);
  assert.deepEqual(ids(after(retired([0, 2]), snapshot([1, 2, 3], { seq: 3 }))), [3]);
  assert.deepEqual(ids(after(snapshot([1, 2, 3]), lost, snapshot([4], { retired: 2 }))), [3, 4]);
});

test("a catch-up that begins with what is shown is no new history and leaves no gap", () => {
  const state = after(snapshot([5, 6]), snapshot([6], { complete: false }));
  assert.deepEqual(ids(state), [5, 6]);
  assert.deepEqual(state.gaps, []);
});

test("an own message has the address that the page's user is listed with", () => {
  const [own] = after(
    joined("Bia", { ip: "192.0.2.2" }),
    joined("a"),
    queued("x"),
    stored("x", 1),
  ).messages;
  assert.equal(own?.ip, "192.0.2.1");
});

test("notes for this page alone have keys of their own and the server's time", () => {
  const answer = { type: /** @type {const} */ ("commandAnswered"), text: "Done.", now: 2_000 };
  const { notes, clockOffset } = after(
    snapshot(),
    queued("x"),
    stored("x", 1, 1_000),
    answer,
    answer,
  );
  assert.deepEqual(
    notes.map(({ key }) => key),
    ["told:0", "told:1"],
  );
  assert.equal(Date.parse(notes[0]?.time ?? ""), 2_000 + clockOffset);
});
