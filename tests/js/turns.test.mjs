// js/turns.js: of several tabs of one browser, one speaks.

import assert from "node:assert/strict";
import { test } from "node:test";

import { makeTurns } from "#js/turns.js";

/**
 * Tabs of one browser, with these numbers.
 * @param {number[]} numbers
 */
function tabs(...numbers) {
  /** @type {((heard: Heard) => void)[]} */
  const ears = [];
  return numbers.map((number, own) =>
    makeTurns(
      {
        post(heard) {
          for (const [other, hear] of ears.entries()) {
            if (other !== own) setTimeout(() => hear(heard), 1);
          }
        },
        listen: (hear) => ears.push(hear),
      },
      number,
    ),
  );
}

test("of all that hear of it, one speaks", async () => {
  const all = tabs(0.5, 0.2, 0.9);
  const spoke = await Promise.all(all.map((tab) => tab.take(41)));
  assert.deepEqual(spoke, [false, true, false]);
});

test("who hears of it later does not speak again", async () => {
  const [first, second] = tabs(0.5, 0.2);
  assert.ok(await first.take(41));
  assert.ok(!(await second.take(41)));
  assert.ok(await second.take(42));
});

test("where one is read, none speaks", async () => {
  const [first, second] = tabs(0.5, 0.2);
  const asked = first.take(41);
  second.pass(41);
  assert.ok(!(await asked));
});

test("a tab that is alone speaks once", async () => {
  const [tab] = tabs(0.5);
  assert.ok(await tab.take(41));
  assert.ok(!(await tab.take(41)));
});
