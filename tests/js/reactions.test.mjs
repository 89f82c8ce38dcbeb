// Reactions are told to all, and one's own to oneself; what one has just chosen shows at once.

import assert from "node:assert/strict";
import { test } from "node:test";

import { ACTIONS, historyReceived } from "#js/protocol.js";
import { pillsOf } from "#js/reactions.js";
import { reduce } from "#js/state.js";

import { after, ANA, deleted, lost, message, snapshot } from "./world.mjs";

const UP = "👍";

/**
 * By Bia, and further people whom she comes before.
 * @param {number} count
 * @param {{ id: string, user: string }[]} others
 * @returns {Reactions}
 */
function ups(count, ...others) {
  return count === 0 ? {} : { [UP]: { count, users: [{ id: "b", user: "Bia" }, ...others] } };
}

/**
 * Everybody is told how many have reacted to the first message.
 * @param {number} seq
 * @param {number} count
 * @param {{ id: string, user: string }[]} others
 * @returns {Action}
 */
function told(seq, count, ...others) {
  return ACTIONS.reactions_changed({ id: 1, seq, reactions: ups(count, ...others) }, 0);
}

/**
 * Ana is told what is hers.
 * @param {string[]} reactions
 */
function own(...reactions) {
  return ACTIONS.mine({ 1: { reactions } }, 0);
}

/** @type {Action} */
const chosen = { type: "reactionChosen", id: 1, emoji: UP, on: true };
/** @type {Action} */
const settled = { ...chosen, type: "reactionSettled" };

/**
 * What stands below the first message: how many, and whether Ana is among them.
 * @param {State} state
 */
function seen({ messages, mine, reacting }) {
  const pills = pillsOf(messages[0], { you: ANA, own: mine[1]?.reactions, chosen: reacting[1] });
  return pills.map(({ count, own: is }) => [count, is]);
}

test("reactions are those that were told last", () => {
  const state = after(snapshot([1]), told(3, 2));
  assert.deepEqual(seen(state), [[2, false]]);
  assert.equal(state.lastSeq, 3);
  assert.deepEqual(seen(reduce(state, told(2, 1))), [[2, false]]);
  assert.deepEqual(reduce(state, told(4, 0)).messages, [message(1, { seq: 4 })]);
});

test("one's own shows at once, and is counted once, whatever comes first", () => {
  const start = snapshot([message(1, { reactions: ups(1) })]);
  const counted = told(3, 2, { id: "a", user: "Ana" });
  for (const rest of [
    [own(UP), settled, counted],
    [counted, own(UP), settled],
    [told(2, 1), own(UP), counted, settled],
  ]) {
    let state = after(start, chosen);
    assert.deepEqual(seen(state), [[2, true]]);
    for (const action of rest) {
      state = reduce(state, action);
      assert.deepEqual(seen(state), [[2, true]], action.type);
    }
    assert.deepEqual(state.reacting, {});
  }
});

test("among many, not all of whom are told, one's own is in the count", () => {
  const state = after(
    snapshot([message(1, { reactions: ups(312) })], { mine: { 1: { reactions: [UP] } } }),
  );
  assert.deepEqual(seen(state), [[312, true]]);
  assert.deepEqual(seen(reduce(state, { ...chosen, on: false })), [[311, false]]);
});

test("what is refused goes back", () => {
  const state = after(snapshot([message(1, { reactions: ups(2) })]), chosen, settled);
  assert.deepEqual(seen(state), [[2, false]]);
  assert.deepEqual(seen(after(snapshot([1]), chosen, lost, snapshot([1]))), []);
});

test("a reaction that is taken back goes at once", () => {
  /** @type {Action} */
  const back = { type: "reactionChosen", id: 1, emoji: UP, on: false };
  const mine = { 1: { reactions: [UP] } };
  const alone = { [UP]: { count: 1, users: [{ id: "a", user: "Ana" }] } };
  const state = after(snapshot([message(1, { reactions: alone })], { mine }), back);
  assert.deepEqual(seen(state), []);
  assert.deepEqual(seen(reduce(reduce(state, own()), told(2, 0))), []);
});

test("what comes live while an answer is on its way counts more than the answer", () => {
  const waiting = after(snapshot([9]), { type: "historyAsked" }, own(UP), told(10, 5));
  const part = { messages: [message(1, { reactions: ups(4) })], complete: true, mine: {} };
  const came = reduce(waiting, historyReceived({ before: 9 }, part));
  assert.deepEqual(seen(came), [[5, true]]);
  assert.deepEqual([came.unseenReactions, came.toldMine], [{}, []]);
});

test("the answer after a break says what is one's own by now", () => {
  const state = after(snapshot([1], { mine: { 1: { reactions: [UP] } } }), lost);
  const other = message(1, { seq: 5, reactions: ups(1) });
  assert.deepEqual(seen(reduce(state, snapshot([], { changed: [other], seq: 5 }))), [[1, false]]);
});

test("a deleted message has no reactions any more, whatever comes late", () => {
  const state = after(snapshot([1]), deleted(1, 4), told(3, 2));
  assert.deepEqual(state.messages, []);
});

test("all ways to the same reactions end in the same state", () => {
  const other = message(1, { seq: 3, reactions: ups(2) });
  const live = after(snapshot([1]), told(3, 2));
  const loaded = after(snapshot([other]));
  const back = reduce(after(snapshot([1]), lost), snapshot([], { changed: [other], seq: 3 }));
  assert.deepEqual(live.messages, loaded.messages);
  assert.deepEqual(back.messages, loaded.messages);
});

test("who was cleared has reacted to nothing, and what another one has done stays", () => {
  /** @param {string} userId @returns {Action} */
  const cleared = (userId) => ({ type: "userCleared", userId, upTo: 9, seq: 10 });
  const state = after(snapshot([1]), own(UP));
  assert.deepEqual(reduce(state, cleared("a")).mine, {});
  assert.deepEqual(reduce(state, cleared("c")).mine, { 1: { reactions: [UP] } });
});

test("one's own that came before the answer counts more, and that of an earlier connection does not", () => {
  const answer = snapshot([1], { mine: { 1: {} } });
  assert.deepEqual(after(own(UP), answer).mine, { 1: { reactions: [UP] } });
  assert.deepEqual(after(own(UP), lost, answer).mine, { 1: {} });
});
