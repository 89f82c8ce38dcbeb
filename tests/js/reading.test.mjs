// js/reading.js: what was read, and where the line "New" stands.

import assert from "node:assert/strict";
import { test } from "node:test";

import { countNew } from "#js/reading.js";
import { initial, reduce } from "#js/state.js";
import { after, ANA, INVITE, lost, posted, queued, snapshot } from "./world.mjs";

/** @param {boolean} here @param {boolean} atEnd @returns {Action} */
const attention = (here, atEnd = true) => ({ type: "attentionChanged", here, atEnd });
const away = attention(false);
const back = attention(true);
const news = (/** @type {State} */ state) => [countNew(state), state.newAfter];

test("what comes while one reads is not new, nor is what was said before one came", () => {
  assert.deepEqual(news(after(snapshot([1, 2]), posted(3))), [0, null]);
});

test("what comes while the page is hidden, without focus or not at its end is new", () => {
  for (const one of [away, attention(true, false)]) {
    assert.deepEqual(news(after(snapshot([1]), one, posted(2), posted(3))), [2, 1]);
  }
});

test("the line stays once it was read, until one leaves again", () => {
  const read = after(snapshot([1]), away, posted(2), back, posted(3));
  assert.deepEqual(news(read), [0, 1]);
  const left = reduce(read, away);
  assert.deepEqual(news(left), [0, null]);
  assert.deepEqual(news(reduce(left, posted(4))), [1, 3]);
});

test("scrolling up to the line does not take it away", () => {
  const up = after(snapshot([1]), away, posted(2), back, attention(true, false));
  assert.deepEqual(news(up), [0, 1]);
});

test("who writes has read everything", () => {
  const state = after(snapshot([1]), attention(true, false), posted(2), queued("x"));
  assert.deepEqual(news(state), [0, null]);
});

test("one's own messages, from another tab, are not new", () => {
  assert.deepEqual(news(after(snapshot([1]), away, posted(2, { user_id: "a" }))), [0, null]);
});

test("what was said while the page was away is new to who has it before them", () => {
  const missed = after(snapshot([1]), lost, snapshot([2, 3]));
  assert.deepEqual(news(missed), [0, 1]);
});

test("a page that is opened again knows where one had stopped", () => {
  const page = initial({ you: ANA, invite: INVITE, readUpTo: 1 });
  const state = reduce(page, snapshot([1, 2]));
  assert.deepEqual(news(state), [1, 1]);
  assert.deepEqual(news(reduce(state, back)), [0, 1]);
});

test("a history that was begun anew has nothing that was read", () => {
  const state = after(snapshot([40]), away, posted(41), lost, snapshot([1], { anew: true }));
  assert.deepEqual(countNew(state), 0);
});
