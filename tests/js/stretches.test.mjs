// js/stretches.js: parts of the history that come and go while somebody reads.

import assert from "node:assert/strict";
import { test } from "node:test";

import { historyReceived } from "#js/protocol.js";
import { reduce } from "#js/state.js";
import { after, deleted, ids, joined, lost, message, snapshot, texts } from "./world.mjs";

test("what is far from where one reads, and from the end, is let go and leaves gaps", () => {
  const all = Array.from({ length: 2_000 }, (_, index) => index + 1);
  const state = after(snapshot(all), joined("b"));
  /** @param {Span} span */
  const trimmed = (span) => reduce(state, { type: "historyTrimmed", ...span });
  const atEnd = trimmed({ from: 1_800, to: Infinity });
  assert.deepEqual([ids(atEnd)[0], ids(atEnd).length, atEnd.gaps], [1_600, 401, [1_600]]);
  assert.equal(atEnd.notes.length, 1);
  const early = trimmed({ from: 501, to: 700 });
  assert.deepEqual(ids(early), [...all.slice(300, 899), ...all.slice(1_700)]);
  assert.deepEqual(early.gaps, [301, 1_701]);
  assert.deepEqual(trimmed({ from: 1, to: 100 }).gaps, [1_701]);
});

/**
 * The server's answer to a request for a part of the history.
 * @param {Place} place
 * @param {(number | Message)[]} some
 * @returns {Action}
 */
function received(place, some, complete = false) {
  const messages = some.map((one) => (typeof one === "number" ? message(one) : one));
  return historyReceived(place, { messages, complete, mine: {} });
}

/** @type {Action} */
const asked = { type: "historyAsked" };
const NEWEST = snapshot([50, 51], { complete: false });

test("older messages take their place, down to the first one", () => {
  const state = after(NEWEST, asked, received({ before: 50 }, [30, 40]));
  assert.deepEqual([ids(state), state.gaps], [[30, 40, 50, 51], [30]]);
  const first = after(NEWEST, asked, received({ before: 50 }, [30, 40], true));
  assert.deepEqual(first.gaps, []);
  assert.deepEqual(after(NEWEST, asked, received({ before: 50 }, [], true)).gaps, []);
});

test("a stretch that meets what is known closes the gap between them", () => {
  const state = after(snapshot([1, 2]), lost, snapshot([50, 51], { complete: false, seq: 51 }));
  assert.deepEqual(state.gaps, [50]);
  assert.deepEqual(reduce(state, received({ before: 50 }, [2, 3, 49])).gaps, []);
  assert.deepEqual(reduce(state, received({ before: 50 }, [48, 49])).gaps, [48]);
  assert.deepEqual(reduce(state, received({ after: 2 }, [3, 4])).gaps, [50]);
  assert.deepEqual(reduce(state, received({ after: 2 }, [3, 49, 50])).gaps, []);
  assert.deepEqual(reduce(state, received({ after: 2 }, [3, 49], true)).gaps, []);
});

test("around a message that is far away there are gaps on both sides", () => {
  const state = after(NEWEST, asked, received({ around: 20 }, [19, 20, 21]));
  assert.deepEqual(
    [ids(state), state.gaps],
    [
      [19, 20, 21, 50, 51],
      [19, 50],
    ],
  );
  const all = { complete: false, complete_before: true, complete_after: false, mine: {} };
  const first = historyReceived({ around: 20 }, { messages: [message(19)], ...all });
  assert.deepEqual(reduce(state, first).gaps, [50]);
  assert.deepEqual(reduce(state, received({ around: 22 }, [21, 22, 50])).gaps, [19]);
});

test("a gap outlives the message that it was known by", () => {
  const state = after(NEWEST, deleted(50, 60), asked, received({ around: 20 }, [20]));
  assert.deepEqual(
    [ids(state), state.gaps],
    [
      [20, 51],
      [20, 50, 51],
    ],
  );
  assert.deepEqual(reduce(state, received({ after: 20 }, [21, 50, 51])).gaps, [20]);
});

test("what changes while an answer is on its way is merged into it", () => {
  const edited = message(40, { seq: 60, message: "edited" });
  const state = after(
    NEWEST,
    asked,
    { type: "messageChanged", message: edited },
    deleted(30, 61),
    received({ before: 50 }, [30, 40]),
  );
  assert.deepEqual(texts(state), ["edited", "message 50", "message 51"]);
  assert.deepEqual(Object.keys(state.unseen), ["30"]);
});

test("a change to what is not shown is forgotten where no answer is on its way", () => {
  /** @type {Action} */
  const edited = { type: "messageChanged", message: message(40, { seq: 60 }) };
  assert.deepEqual(after(NEWEST, edited).unseen, {});
  assert.deepEqual(after(NEWEST, asked, edited, { type: "historyFailed" }).unseen, {});
});

test("what was cleared does not come back with an answer that was on its way", () => {
  /** @type {Action} */
  const cleared = { type: "historyCleared", upTo: 45, now: 0 };
  assert.deepEqual(
    ids(after(NEWEST, asked, cleared, received({ before: 50 }, [40, 46]))),
    [46, 50, 51],
  );
});
