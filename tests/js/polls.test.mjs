// Votes are counted for all, and one's own is told to oneself; what one has just chosen shows at once.

import assert from "node:assert/strict";
import { test } from "node:test";

import { ACTIONS } from "#js/protocol.js";
import { rowsOf } from "#js/rows.js";
import { reduce } from "#js/state.js";

import { after, lost, message, posted, snapshot } from "./world.mjs";

/**
 * A poll by Bia, whose id is 1.
 * @param {readonly number[]} counts
 * @param {Partial<Poll & Message>} more
 */
function poll(counts = [0, 0], { closed = false, ...more } = {}) {
  const asked = { question: "Tea?", options: ["yes", "no"], counts, closed };
  return message(1, { poll: asked, pinned: !closed, ...more });
}

/**
 * @param {number} seq
 * @param {number[]} counts
 */
function told(seq, ...counts) {
  return ACTIONS.reactions_changed({ id: 1, seq, counts }, 0);
}

/** @param {number | null} vote */
function own(vote) {
  return ACTIONS.mine({ 1: { vote } }, 0);
}

/** @type {(option: number | null) => Action} */
const chosen = (option) => ({ type: "voteChosen", id: 1, option });
/** @type {(option: number | null) => Action} */
const settled = (option) => ({ type: "voteSettled", id: 1, option });

/** @param {State} state */
function voteIn(state) {
  const row = rowsOf(state).find(({ kind }) => kind === "message");
  return row?.kind === "message" ? row.vote : undefined;
}

/** @param {State} state */
function countsIn({ messages, pins }) {
  return [messages[0]?.poll?.counts, ...pins.map((pin) => pin.poll?.counts)];
}

test("counts are those that were told last, in the talk and among the pins", () => {
  const state = after(snapshot([poll()], { pins: [poll()] }), told(3, 1, 2));
  assert.deepEqual(countsIn(state), [
    [1, 2],
    [1, 2],
  ]);
  assert.equal(state.lastSeq, 3);
  assert.deepEqual(countsIn(reduce(state, told(2, 1, 1)))[0], [1, 2]);
});

test("reactions stay where votes alone are told", () => {
  const reactions = { "👍": { count: 1, users: [] } };
  const state = after(snapshot([poll([0, 0], { reactions })]), told(3, 1, 0));
  assert.deepEqual(state.messages[0].reactions, reactions);
});

test("one's own vote shows at once, and what is refused goes back", () => {
  const start = after(snapshot([poll()], { mine: { 1: { vote: 0 } } }));
  assert.equal(voteIn(start), 0);
  const shown = reduce(start, chosen(1));
  assert.equal(voteIn(shown), 1);
  assert.equal(voteIn(reduce(shown, settled(1))), 0);
  assert.equal(voteIn([own(1), settled(1)].reduce(reduce, shown)), 1);
  assert.equal(
    voteIn([own(null), settled(null)].reduce(reduce, reduce(start, chosen(null)))),
    null,
  );
});

test("who chooses again waits for the last answer", () => {
  const state = after(snapshot([poll()]), chosen(0), chosen(1), own(0), settled(0));
  assert.equal(voteIn(state), 1);
  assert.equal(voteIn(reduce(state, lost)), 1);
});

test("a vote and a reaction do not take each other's place", () => {
  const state = after(snapshot([poll()]), own(1), ACTIONS.mine({ 1: { reactions: ["👍"] } }, 0));
  assert.deepEqual(state.mine, { 1: { vote: 1, reactions: ["👍"] } });
});

test("what was counted while the poll was on its way is not lost", () => {
  const state = after(snapshot([9]), { type: "historyAsked" }, told(12, 3, 4));
  const part = { messages: [poll([1, 0])], isFirst: true, isLast: false, mine: {} };
  /** @type {Action} */
  const came = { type: "historyReceived", place: { before: 9 }, ...part };
  assert.deepEqual(countsIn(reduce(state, came))[0], [3, 4]);
});

test("a closed poll is no pin", () => {
  const state = after(snapshot([]), posted(1, poll()), ACTIONS.message_changed(poll(), 0));
  const seq = 5;
  const closed = ACTIONS.message_changed(poll([2, 0], { closed: true, seq, pinned: false }), 0);
  assert.deepEqual(countsIn(reduce(state, closed)), [[2, 0]]);
});
