// js/history.js: what a reader sees, in whatever order it comes.

import assert from "node:assert/strict";
import { test } from "node:test";

import { waiting } from "#js/history.js";
import { after, ids, joined, lost, message, posted, queued, snapshot, stored } from "./world.mjs";

test("a live message before the catch-up takes its place", () => {
  const state = after(posted(7), snapshot([5, 6, 7]), posted(6), posted(8));
  assert.deepEqual(ids(state), [5, 6, 7, 8]);
  assert.equal(state.lastId, 8);
});

test("a live message before the catch-up is not progress: what lies between is asked for again", () => {
  assert.equal(after(snapshot([1]), lost, posted(9)).lastId, 1);
});

test("the answer to an own message is not progress: an earlier one may still be on its way", () => {
  const state = after(snapshot([1]), queued("x"), stored("x", 3));
  assert.deepEqual(ids(state), [1, 3]);
  assert.equal(state.lastId, 1);
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
    const state = after(snapshot([40, 41]), snapshot(fresh, { complete: false }));
    assert.deepEqual(ids(state), fresh);
    assert.equal(state.lastId, fresh.at(-1) ?? 0);
  });
}

test("what a stopping server refuses waits for it to come back", () => {
  const refused = { type: "draftRefused", client_id: "x", error: { code: "unavailable" } };
  const stopping = after(snapshot([1]), queued("x"), { type: "serverStopped" }, refused);
  assert.equal(waiting(stopping).length, 1);
  assert.equal(waiting(after(snapshot([1]), queued("x"), refused)).length, 0);
});

test("a draft that was refused is sent again only if its writer asks", () => {
  const refused = { type: "draftRefused", client_id: "x", error: { code: "too_long" } };
  const state = after(queued("x"), queued("y"), refused);
  assert.deepEqual(waiting(state).map(({ client_id }) => client_id), ["y"]);
  const retried = after(queued("x"), refused, { type: "draftRetried", client_id: "x" });
  assert.equal(waiting(retried).length, 1);
  assert.deepEqual(after(queued("x"), { type: "draftDiscarded", client_id: "x" }).outbox, []);
});

test("the server's clock is known from its answer to an own message", () => {
  const state = after(snapshot(), queued("x"), { ...stored("x", 1), now: 1_000 });
  assert.equal(state.clockOffset, Date.parse("2026-11-23T02:08:00.123Z") - 1_000);
});

test("a page that is open for days keeps the newest messages and what stands between them", () => {
  const trimmed = { type: "historyTrimmed", keep: 3 };
  const state = after(snapshot([1]), joined("b"), posted(2), posted(3), posted(4), joined("c"), trimmed);
  assert.deepEqual(ids(state), [2, 3, 4]);
  assert.deepEqual(state.gaps, [2]);
  assert.deepEqual(state.notes.map(({ name }) => name), ["c"]);
});

test("a deleted message does not come back with an answer that was on its way", () => {
  const state = after(posted(5), { type: "messageDeleted", id: 6 }, snapshot([4, 5, 6, 7]));
  assert.deepEqual(ids(state), [4, 5, 7]);
});

test("who was away learns what was deleted, singly or up to an id", () => {
  const state = after(snapshot([3, 4, 5, 6, 7]), snapshot([8], { deleted: [6], cleared: 4 }));
  assert.deepEqual(ids(state), [5, 7, 8]);
});

test("a cleared history takes its notes along and leaves a line", () => {
  const cleared = { type: "historyCleared", upTo: 3, now: 0 };
  const state = after(snapshot([1, 2]), joined("b"), posted(3), posted(4), joined("c"), cleared);
  assert.deepEqual(ids(state), [4]);
  assert.deepEqual(state.notes.map(({ name, phrase }) => name ?? phrase[0]), ["c", "client.room_cleared"]);
});
