// js/window.js: which of the messages stand in the page.

import assert from "node:assert/strict";
import { test } from "node:test";

import { around, END, followed, indexFrom, isGap, newer, older, stretchOf } from "#js/window.js";
import { message } from "./world.mjs";

/** @param {number} count @param {number[]} gaps @returns {Held} */
function held(count, ...gaps) {
  return { messages: Array.from({ length: count }, (_, index) => message(index + 1)), gaps };
}

/** @param {Held} page @param {Span} span */
function ends(page, span) {
  const { start, end } = stretchOf(page, span);
  return [page.messages[start]?.id, page.messages[end - 1]?.id];
}

test("at the end the newest are shown, and few of them go when some come", () => {
  assert.deepEqual(followed(held(0), END, true), END);
  const span = followed(held(1_000), END, true);
  assert.deepEqual(span, { from: 761, to: Infinity });
  assert.deepEqual(ends(held(1_060), followed(held(1_060), span, true)), [761, 1_060]);
  assert.deepEqual(ends(held(1_061), followed(held(1_061), span, true)), [822, 1_061]);
});

test("however much is said meanwhile, who reads further up has what they read", () => {
  const span = { from: 761, to: Infinity };
  assert.deepEqual(ends(held(1_500), followed(held(1_500), span, false)), [761, 1_060]);
});

test("the span goes on at both sides, and lets go of the other one", () => {
  const page = held(1_000);
  const up = older(page, { from: 701, to: Infinity });
  assert.deepEqual(ends(page, up), [641, 940]);
  assert.deepEqual(ends(page, older(page, { from: 30, to: 100 })), [1, 100]);
  const down = newer(page, { from: 641, to: 940 });
  assert.deepEqual([ends(page, down), down.to], [[701, 1_000], Infinity]);
});

test("no span reaches over a gap", () => {
  const page = held(100, 51);
  assert.deepEqual(ends(page, END), [1, 50]);
  assert.deepEqual(ends(page, followed(page, END, true)), [51, 100]);
  assert.deepEqual(followed(page, { from: 10, to: Infinity }, false), { from: 10, to: 50 });
  assert.deepEqual(ends(page, older(page, { from: 60, to: 100 })), [51, 100]);
  assert.deepEqual(ends(page, newer(page, { from: 10, to: 40 })), [10, 50]);
  assert.deepEqual(ends(page, around(page, 49)), [1, 50]);
});

test("what was jumped to is shown amid what was said around it", () => {
  const page = held(1_000);
  assert.deepEqual(ends(page, around(page, 500)), [400, 599]);
});

test("where all that was shown is gone, the end is", () => {
  const page = { messages: held(100).messages.slice(90), gaps: [] };
  assert.deepEqual(ends(page, followed(page, { from: 1, to: 50 }, false)), [91, 100]);
});

test("a gap lies between two messages, also where the one behind it is gone", () => {
  const { messages } = held(10);
  const page = { messages: messages.filter(({ id }) => id !== 5), gaps: [5] };
  assert.deepEqual(
    page.messages.filter((_, index) => isGap(page, index)).map(({ id }) => id),
    [6],
  );
  assert.equal(isGap(page, 9), false);
  assert.equal(indexFrom(page.messages, 5), 4);
});
