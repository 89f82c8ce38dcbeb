// js/inspect/steps.js: what the view Fan-out says of a message on its way to all.

import assert from "node:assert/strict";
import { test } from "node:test";

import { dotsOf, lastFans, stepsOf } from "#js/inspect/steps.js";
import { after, fan, hello } from "./wire.mjs";

const fans = (/** @type {Inspect.Line[]} */ ...lines) => after(hello(), ...lines).fans;

test("a message's steps follow each other on one axis", () => {
  const [one] = fans(fan(1, { received: 1, checked: 1.5, committed: 2, told: 3, taken: 4 }));
  const { since, total, steps } = stepsOf(one);
  assert.deepEqual([since, total], ["received", 3]);
  assert.deepEqual(
    steps.map(({ name, from, to }) => [name, from, to]),
    [
      ["checked", 0, 0.5],
      ["committed", 0.5, 1],
      ["told", 1, 2],
      ["taken", 2, 3],
    ],
  );
});

test("what is not known is no step, and none ends before it begins", () => {
  const [one, two] = fans(
    fan(1, { received: null, checked: null, committed: null, told: 3, taken: 4 }),
    fan(2, { received: 1, checked: 2.5, committed: 2, told: 3, taken: 3 }),
  );
  assert.deepEqual([stepsOf(one).since, stepsOf(one).steps.length], ["told", 1]);
  assert.deepEqual(
    stepsOf(two).steps.map(({ from, to }) => to - from),
    [1.5, 0, 0.5, 0],
  );
});

test("each connection has a dot, and of very many some have one together", () => {
  assert.deepEqual(dotsOf({ connections: 30, waiting: 2 }), { each: 1, count: 30, waiting: 2 });
  assert.deepEqual(dotsOf({ connections: 1_000, waiting: 3 }), { each: 5, count: 200, waiting: 1 });
  assert.deepEqual(dotsOf({ connections: 0, waiting: 0 }), { each: 1, count: 0, waiting: 0 });
});

test("the last ten can be chosen, the newest first", () => {
  const many = fans(...Array.from({ length: 60 }, (_, message) => fan(message + 1)));
  assert.deepEqual([many.length, lastFans(many).length, lastFans(many)[0].message], [50, 10, 60]);
});
