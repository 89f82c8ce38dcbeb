// js/pace.js: an honest page keeps to the server's limits, however much there is to send.

import assert from "node:assert/strict";
import { test } from "node:test";

import { makePace } from "#js/pace.js";

/**
 * When messages would be sent, in ms, and the one with this number refused for 4 s.
 * @param {number} count
 * @param {{ rate: number, refused?: number }} options
 */
function times(count, { rate, refused = 0 }) {
  const pace = makePace(rate);
  /** @type {number[]} */
  const sent = [];
  let now = 0;
  for (let tries = 1; sent.length < count; tries += 1) {
    now += pace.pause(now);
    pace.sent(now);
    if (tries === refused) pace.refused(now, 4);
    else sent.push(now);
  }
  return sent;
}

test("a burst goes at once", () => {
  assert.deepEqual(times(20, { rate: 5 }), Array(20).fill(0));
});

test("in no four seconds a long queue sends more than four seconds' worth", () => {
  const sent = times(100, { rate: 5 });
  assert.ok(sent.slice(20).every((time, index) => time - sent[index] >= 4_000));
  assert.equal(sent.at(-1), 16_000);
});

test("after a refusal it waits for 4 s and then goes slowly: another tab used the limit up", () => {
  const slowly = Array.from({ length: 7 }, (_, number) => 4_000 + 200 * number);
  assert.deepEqual(times(10, { rate: 5, refused: 4 }), [0, 0, 0, ...slowly]);
});

test("a server without a limit is not spared", () => {
  assert.equal(times(1_000, { rate: 0 }).at(-1), 0);
});

test("a while after a refusal it goes on as before", () => {
  const pace = makePace(5);
  pace.sent(0);
  pace.refused(0, 1);
  assert.equal(pace.pause(0), 1_000);
  pace.sent(10_000);
  assert.equal(pace.pause(10_000), 200);
  assert.equal(pace.pause(20_000), 0);
  pace.sent(20_000);
  assert.equal(pace.pause(20_000), 0);
});

test("what waits goes at once where the rule that it waits for is gone", async () => {
  const pace = makePace(5);
  pace.sent(0);
  pace.refused(0, 1);
  const over = pace.over(pace.pause(0));
  pace.reopen();
  await over;
  assert.equal(pace.pause(0), 0);
});
