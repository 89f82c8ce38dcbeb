// js/storing.js: what could not be stored is sent again, in its order.

import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { reduce } from "#js/state.js";
import { makeStorer } from "#js/storing.js";

import { after, queued, refused, stored } from "./world.mjs";

/**
 * What is posted in so many seconds, of messages that the server could not store, by their client_id; from the
 * `mended` second on it can.
 * @param {number} seconds
 * @param {{ drafts: string[], mended: number, act?: (state: State) => State }} options
 */
async function posted(seconds, { drafts, mended, act = (state) => state }) {
  // @ts-expect-error -- its types are of an older Node.js
  mock.timers.enable({ apis: ["setTimeout"] });
  let state = drafts
    .flatMap((id) => [queued(id), refused(id, "unavailable")])
    .reduce(reduce, after());
  /** @type {[number, string][]} */
  const sent = [];
  let now = 0;
  const storer = makeStorer({
    getState: () => state,
    isReady: () => true,
    post({ client_id }) {
      sent.push([now, client_id]);
      if (now >= mended) state = reduce(state, stored(client_id, sent.length));
      else storer.later();
      return Promise.resolve(now >= mended);
    },
  });
  storer.later();
  state = act(state);
  for (; now < seconds; now += 1) {
    mock.timers.tick(1_000);

    await new Promise((done) => setImmediate(done));
  }
  mock.timers.reset();
  return sent;
}

test("all go in their order once the server can store them, and once", async () => {
  const sent = await posted(30, { drafts: ["x", "y", "z"], mended: 10 });
  const late = sent.filter(([now]) => now >= 10);
  assert.deepEqual(
    late.map(([, id]) => id),
    ["x", "y", "z"],
  );
});

test("as long as it cannot, the oldest alone is tried every few seconds", async () => {
  const sent = await posted(30, { drafts: ["x", "y"], mended: Infinity });
  assert.ok(sent.every(([, id]) => id === "x"));
  assert.ok(sent.length >= 4 && sent.length <= 10, String(sent.length));
});

test("what its author has discarded, or sent again, is not tried any more", async () => {
  const act = (/** @type {State} */ state) =>
    [
      { type: "draftDiscarded", client_id: "x" },
      { type: "draftRetried", client_id: "y" },
    ].reduce((before, action) => reduce(before, /** @type {Action} */ (action)), state);
  assert.deepEqual(await posted(20, { drafts: ["x", "y"], mended: 0, act }), []);
});
