// js/hands.js: whose hands are up, as the server tells of a few and of many.

import assert from "node:assert/strict";
import { test } from "node:test";

import { handsChanged, peopleOf } from "#js/hands.js";
import { rowsOf } from "#js/rows.js";
import { after, crowd, left, member, posted, snapshot } from "./world.mjs";

/**
 * @param {string} id
 * @param {number} second
 */
const hand = (id, second) => ({ id, user: id, since: `2026-11-23T02:08:0${second}.000Z` });
/** @param {HandsTold} told @returns {Action} */
const hands = (told) => ({ type: "handsChanged", ...told });
const up = (/** @type {State} */ state) => state.hands.map(({ id }) => id);

test("hands are those of the snapshot, then those that are told", () => {
  const state = after(snapshot([], { hands: [hand("b", 1)] }));
  assert.deepEqual(up(state), ["b"]);
  assert.deepEqual(up(handsChanged(state, { hands: [hand("c", 2), hand("b", 3)] })), ["c", "b"]);
  assert.deepEqual(up(after(snapshot([]))), []);
});

test("of many it is told what has become of them; they stand by their time", () => {
  const first = [hand("b", 2), hand("c", 4), hand("d", 6)];
  const state = after(
    snapshot([], { hands: first }),
    hands({ raised: [hand("e", 5), hand("b", 7)], lowered: ["d", "x"] }),
  );
  assert.deepEqual(up(state), ["c", "e", "b"]);
});

test("who leaves has no hand up", () => {
  const first = [hand("b", 1), hand("c", 2), hand("d", 3)];
  const here = { hands: first, members: ["b", "c", "d"].map((id) => member(id)) };
  assert.deepEqual(up(after(snapshot([], here), left("c"))), ["b", "d"]);
  assert.deepEqual(up(after(snapshot([], here), crowd("e", "bd"))), ["c"]);
});

test("people are called as they are called now", () => {
  const here = { hands: [hand("b", 1), hand("x", 2)], members: [{ ...member("b"), name: "Bela" }] };
  const names = peopleOf(after(snapshot([], here))).map(({ name }) => name);
  assert.deepEqual(names, ["Bela", "x"]);
});

test("a host sees it beside what somebody says", () => {
  const marks = (/** @type {Member["role"]} */ role) =>
    rowsOf(
      after(
        snapshot([], { members: [member("a", { role }), member("b")], hands: [hand("b", 1)] }),
        posted(1),
        posted(2, { user_id: "c", user: "Caio" }),
      ),
    ).flatMap((row) => (row.kind === "message" ? [row.hand] : []));
  assert.deepEqual(
    [marks("host"), marks("guest")],
    [
      [true, false],
      [false, false],
    ],
  );
});
