// Answers quote their message as it is now, and the board shows what is pinned.

import assert from "node:assert/strict";
import { test } from "node:test";

import { beginningOf, quoteOf } from "#js/copies.js";
import { historyReceived } from "#js/protocol.js";
import { reduce } from "#js/state.js";

import { after, deleted, lost, message, NOW, posted, snapshot, stored } from "./world.mjs";

const OLD = { id: 1, user_id: "b", user: "Bia", message: "message 1" };

/**
 * A message that answers the first one.
 * @param {number} id
 */
function answer(id) {
  return message(id, { reply_to: 1, quoted: OLD });
}

/** @param {State} state */
function quotes({ messages }) {
  return messages.flatMap(({ quoted }) => (quoted ? [quoted.message] : []));
}

/**
 * @param {number} id
 * @param {number} seq
 * @param {Partial<Message>} more
 * @returns {Action}
 */
function changed(id, seq, more) {
  return { type: "messageChanged", message: message(id, { seq, ...more }) };
}

test("of emoji as many are quoted as of letters, and none is cut in two", () => {
  const text = `a${"😀".repeat(4_000)}`;
  assert.equal(quoteOf(message(1, { message: text })).message, `a${"😀".repeat(199)}`);
  assert.equal(beginningOf(text, 120), `a${"😀".repeat(59)}`);
  assert.equal(beginningOf("abc", 2), "ab");
});

test("an answer follows what it quotes, also where that is not shown", () => {
  const shown = after(snapshot([1, answer(2)]), changed(1, 3, { message: "better" }));
  assert.deepEqual(quotes(shown), ["better"]);
  const alone = after(snapshot([answer(2)]), changed(1, 3, { message: "better" }));
  assert.deepEqual(quotes(alone), ["better"]);
  const [quoted] = after(snapshot([1, answer(2)]), deleted(1, 3)).messages;
  assert.deepEqual(quoted.quoted, { ...OLD, message: "", deleted: true });
});

test("a quote is as long as the server's", () => {
  const state = after(snapshot([1, answer(2)]), changed(1, 3, { message: "🙂".repeat(300) }));
  assert.deepEqual(quotes(state), ["🙂".repeat(200)]);
});

test("an answer follows what it quotes through a break, and when all is cleared", () => {
  const before = after(snapshot([answer(2)]), lost);
  const edited = message(1, { seq: 3, message: "better" });
  const back = reduce(before, snapshot([], { changed: [edited], seq: 3 }));
  assert.deepEqual(quotes(back), ["better"]);
  const cleared = reduce(back, { type: "historyCleared", upTo: 1, now: NOW });
  assert.equal(cleared.messages[0].quoted?.deleted, true);
  assert.deepEqual(quotes(cleared), [""]);
});

test("what was quoted is gone also where its answer comes later, or waits to be sent", () => {
  const waiting = after(snapshot([3]), { type: "historyAsked" }, deleted(1, 4));
  const came = historyReceived({ before: 3 }, { messages: [answer(2)], complete: true, mine: {} });
  assert.deepEqual(quotes(reduce(waiting, came)), [""]);
  const draft = { client_id: "x", text: "yes", quoted: OLD };
  const writing = after(snapshot([1]), { type: "draftQueued", draft }, deleted(1, 2));
  assert.equal(writing.outbox[0].quoted?.message, "");
});

test("a message that comes quotes what is known by now", () => {
  const edited = after(snapshot([1]), changed(1, 5, { message: "better" }));
  assert.deepEqual(quotes(reduce(edited, { type: "messagePosted", message: answer(4) })), [
    "better",
  ]);
});

test("who comes later knows which of them were announced", () => {
  const pinned = [message(1, { pinned: true }), message(2, { pinned: true, announced: true })];
  const state = after(snapshot([1, 2, 3], { pins: pinned }));
  assert.deepEqual(state.announced, [2]);
  assert.equal(reduce(state, snapshot([], { pins: pinned })).announced, state.announced);
});

test("pins are those of the answer, in the order in which they were pinned", () => {
  const pinned = [message(2, { seq: 5, pinned: true }), message(1, { seq: 6, pinned: true })];
  const state = after(snapshot([1, 2, 3], { pins: pinned, seq: 6 }));
  assert.deepEqual(pins(state), [2, 1]);
  const third = reduce(state, changed(3, 7, { pinned: true }));
  assert.deepEqual(pins(third), [2, 1, 3]);
  assert.deepEqual(pins(reduce(third, changed(2, 8, {}))), [1, 3]);
  assert.deepEqual(pins(reduce(third, deleted(1, 8))), [2, 3]);
  const cleared = reduce(third, { type: "historyCleared", upTo: 2, now: NOW });
  assert.deepEqual(pins(cleared), [3]);
});

test("what is pinned while the answer is on its way stays so", () => {
  const early = after(changed(1, 7, { pinned: true }), changed(2, 8, {}));
  const pinned = [message(2, { seq: 5, pinned: true })];
  assert.deepEqual(pins(reduce(early, snapshot([], { pins: pinned, seq: 6 }))), [1]);
  assert.deepEqual(pins(reduce(early, snapshot([], { pins: pinned, seq: 9 }))), [2]);
});

test("a pin says what its message says", () => {
  const state = after(snapshot([1], { pins: [message(1, { pinned: true })] }));
  const edited = reduce(state, changed(1, 4, { pinned: true, message: "better" }));
  assert.deepEqual(edited.pins, [{ ...OLD, message: "better", room: "lobby" }]);
});

test("the answer to one's own message counts less than what comes live", () => {
  const draft = { client_id: "x", text: "hello", quoted: OLD, mentions: ["b", "nobody"] };
  const state = after(snapshot([1]), { type: "draftQueued", draft }, stored("x", 2));
  assert.deepEqual(quotes(state), ["message 1"]);
  const live = { client_id: "x", user_id: "a", user: "Ana", mentions: ["b"], quoted: OLD };
  const [, own] = reduce(state, posted(2, live)).messages;
  assert.deepEqual(own.mentions, ["b"]);
});

/** @param {State} state */
function pins(state) {
  return state.pins.map(({ id }) => id);
}

test("what one person has said is quoted and pinned no more when all of it is deleted", () => {
  const carla = { user_id: "c", user: "Carla" };
  const state = after(
    snapshot([message(2, { ...carla, reply_to: 1, quoted: OLD })], {
      pins: [message(1, { pinned: true })],
    }),
    { type: "userCleared", userId: "b", upTo: 2, seq: 3 },
  );
  assert.deepEqual(quotes(state), [""]);
  assert.deepEqual(pins(state), []);
});
