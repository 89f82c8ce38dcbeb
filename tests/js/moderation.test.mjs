// js/moderation.js: what hosts do, as a page shows it.

import assert from "node:assert/strict";
import { test } from "node:test";

import { isHost, NO_RULES, silencedBy } from "#js/moderation.js";
import { after, member, message, snapshot } from "./world.mjs";

const phrases = (/** @type {State} */ { notes }) =>
  notes.map((note) => (note.kind === "told" ? note.phrase : null));

/**
 * @param {Partial<Rules>} changes
 * @returns {Action}
 */
const rules = (changes) => ({ type: "rulesChanged", rules: { ...NO_RULES, ...changes }, now: 0 });

/**
 * @param {string} code
 * @param {string | null} until
 * @returns {Action}
 */
const notice = (code, until = null) => ({
  type: "noticeReceived",
  notice: { code, until },
  now: 0,
});

/**
 * @param {number} id
 * @param {number} seq
 * @param {string} text
 * @returns {Action}
 */
const pin = (id, seq, text, pinned = true) => ({
  type: "messageChanged",
  message: message(id, { seq, message: text, pinned }),
});

const asAna = (/** @type {Partial<Member>} */ more) =>
  snapshot([], { members: [member("a", more)] });

test("rules that change are a line each, and those that came with the snapshot are none", () => {
  const state = after(snapshot([1], { rules: { ...NO_RULES, locked: true } }), rules({ slow: 5 }));
  assert.deepEqual(phrases(state), [
    ["client.room_unlocked", {}],
    ["client.room_slow", { count: 5 }],
  ]);
});

test("a topic is told when it is set and when it is taken away", () => {
  const state = after(snapshot(), rules({ topic: "Ping" }), rules({}));
  assert.deepEqual(phrases(state), [
    ["client.room_topic", { topic: "Ping" }],
    ["client.room_no_topic", {}],
  ]);
});

test("who is removed stays out: losing the connection then is nothing to be told", () => {
  const state = after(snapshot([1]), notice("kicked"), { type: "connectionLost" });
  assert.equal(state.link, "removed");
  assert.equal(state.removal?.code, "kicked");
});

test("a notice that this page does not know is passed over", () => {
  const state = after(snapshot());
  assert.deepEqual(after(snapshot(), notice("praised")), state);
});

test("a muted guest may not write, until a time or for ever", () => {
  const until = "2026-11-23T03:00:00.000Z";
  const muted = asAna({ role: "guest", muted: true });
  assert.deepEqual(silencedBy(after(muted, notice("muted", until))), [
    "client.muted_you",
    { until },
  ]);
  assert.deepEqual(silencedBy(after(muted)), ["client.muted_you_forever", {}]);
  assert.equal(silencedBy(after(asAna({ role: "guest" }))), null);
});

test("a room that is read only silences guests and no host", () => {
  const closed = rules({ readonly: true });
  assert.deepEqual(silencedBy(after(asAna({ role: "guest" }), closed)), [
    "client.room_readonly",
    {},
  ]);
  const host = after(asAna({ role: "host", muted: true }), closed);
  assert.equal(isHost(host), true);
  assert.equal(silencedBy(host), null);
});

test("what is pinned follows its messages, the last one at the end", () => {
  const both = [pin(2, 20, "two"), pin(1, 21, "one")];
  const pinned = (/** @type {Action[]} */ ...more) =>
    after(snapshot([1, 2]), ...both, ...more).pins.map(({ message: text }) => text);
  assert.deepEqual(pinned(), ["two", "one"]);
  assert.deepEqual(pinned(pin(2, 22, "better")), ["better", "one"]);
  assert.deepEqual(pinned(pin(1, 22, "one", false)), ["two"]);
  assert.deepEqual(pinned({ type: "historyCleared", upTo: 1, now: 0 }), ["two"]);
});

test("slow mode is told when it begins and when it ends", () => {
  const state = after(snapshot(), rules({ slow: 5 }), rules({}));
  assert.deepEqual(phrases(state), [
    ["client.room_slow", { count: 5 }],
    ["client.room_fast", {}],
  ]);
});
