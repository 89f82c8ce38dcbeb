// js/rows.js: what stands in the list, from the state.

import assert from "node:assert/strict";
import { test } from "node:test";

import { rowsOf, sameRow } from "#js/rows.js";
import { END, followed } from "#js/window.js";
import {
  after,
  joined,
  member,
  message,
  posted,
  queued,
  refused,
  snapshot,
  stored,
} from "./world.mjs";

const NOW = new Date("2026-11-23T12:00:00Z");
const at = (/** @type {string} */ time) => ({ time: `2026-11-${time}Z` });
const kinds = (/** @type {State} */ state) => rowsOf(state, END, NOW).map(({ kind }) => kind);
const bubbles = (/** @type {State} */ state) =>
  rowsOf(state, END, NOW).flatMap((row) => (row.kind === "message" ? [row] : []));

test("each day has a line before its first message", () => {
  const state = after(snapshot(), posted(1, at("22T12:00:00")), posted(2, at("23T12:00:00")));
  assert.deepEqual(kinds(state), ["day", "message", "day", "message"]);
  assert.deepEqual(
    rowsOf(state, END, NOW).map((row) => row.kind === "day" && row.ago),
    [1, false, 0, false],
  );
});

test("a note stands after the message that was the newest then", () => {
  const state = after(snapshot([1]), joined("b"), posted(2));
  assert.deepEqual(kinds(state), ["day", "message", "note", "message"]);
});

test("where messages are missing the rows end with a line for what is to come", () => {
  const state = after(snapshot([1, 2]), snapshot([50], { complete: false }));
  const atEnd = rowsOf(state, followed(state, END, true), NOW).map(({ kind }) => kind);
  assert.deepEqual(atEnd, ["gap", "day", "new", "message"]);
  const before = rowsOf(state, { from: 1, to: 2 }, NOW).map(({ kind }) => kind);
  assert.deepEqual(before, ["day", "message", "message", "gap"]);
});

test("a span has the notes between its messages, and what is not sent only at the end", () => {
  const talk = [posted(1), joined("b"), posted(2), joined("c"), posted(3), queued("x")];
  const state = after(snapshot(), ...talk);
  const keys = (/** @type {Span} */ span) => rowsOf(state, span, NOW).map(({ kind }) => kind);
  assert.deepEqual(keys({ from: 2, to: 3 }), ["day", "message", "message", "message"]);
  assert.deepEqual(keys({ from: 1, to: 1 }), ["day", "message"]);
});

test("where more was said than is here the line New stands at its beginning", () => {
  const away = /** @type {Action} */ ({ type: "attentionChanged", here: false, atEnd: true });
  const state = after(snapshot([1]), away, snapshot([50, 51], { complete: false }));
  const atEnd = rowsOf(state, followed(state, END, true), NOW).map(({ kind }) => kind);
  assert.deepEqual(atEnd, ["gap", "day", "new", "message", "message"]);
});

test("the line New stands where one had stopped, before what others have said since", () => {
  const missed = [posted(2), posted(3, { user_id: "a" }), posted(4)];
  const away = /** @type {Action} */ ({ type: "attentionChanged", here: false, atEnd: true });
  const state = after(snapshot([1]), away, ...missed);
  assert.deepEqual(kinds(state), ["day", "message", "new", "message", "message", "message"]);
});

test("messages of one author are a group while each is within five minutes of the one before", () => {
  const state = after(
    snapshot(),
    posted(1, at("23T02:08:00")),
    posted(2, at("23T02:12:59")),
    posted(3, at("23T02:18:00")),
    posted(4, { ...at("23T02:18:00"), user_id: "c" }),
  );
  assert.deepEqual(
    bubbles(state).map(({ first, last }) => [first, last]),
    [
      [true, false],
      [false, true],
      [true, true],
      [true, true],
    ],
  );
});

test("a draft keeps its key when it is stored, and so its place in the page", () => {
  const draft = after(snapshot(), queued("x"));
  const confirmed = after(snapshot(), queued("x"), stored("x", 1));
  assert.equal(bubbles(draft)[0].key, bubbles(confirmed)[0].key);
  assert.equal(bubbles(confirmed)[0].draft, null);
});

test("what was not sent stands for itself", () => {
  const state = after(snapshot(), queued("x"), queued("y"), refused("y", "too_long"));
  const [one, other] = bubbles(state);
  assert.deepEqual([one.last, other.last], [true, true]);
});

test("a day that comes a second time has a key of its own", () => {
  const state = after(
    posted(1, at("23T12:00:00")),
    posted(2, at("22T12:00:00")),
    posted(3, at("23T12:00:00")),
  );
  const keys = rowsOf(state, END, NOW).map(({ key }) => key);
  assert.equal(new Set(keys).size, keys.length);
});

test("rows of one state are the same, and a row that says something else is not", () => {
  const state = after(snapshot([message(1)]));
  const [, row] = rowsOf(state, END, NOW);
  assert.equal(sameRow(row, rowsOf(state, END, NOW)[1]), true);
  assert.equal(sameRow(row, { ...row, last: false }), false);
});

test("what a host says has a badge, and what a guest says has none", () => {
  const host = snapshot([message(1), message(2, { user_id: "c" })], {
    members: [member("b", { role: "host" }), member("c", { role: "guest" })],
  });
  assert.deepEqual(
    bubbles(after(host)).map((row) => row.host),
    [true, false],
  );
});

test("what waits is one's own, and of this moment by the server's clock", () => {
  const soon = new Date("2026-11-23T02:08:30Z");
  const slow = soon.getTime() - 3_600_000; // this device's clock is an hour behind
  const state = after(snapshot(), queued("x"), stored("x", 1, slow - 30_000), queued("y"));
  const [, sent, draft] = rowsOf(state, END, new Date(slow));
  assert.equal(draft?.kind === "message" && draft.mine, true);
  assert.equal(sent?.kind === "message" && sent.last, false);
});
