// js/rooms/permissions.js: what the page offers to do with rooms.

import assert from "node:assert/strict";
import { test } from "node:test";

import { mayChange, mayEnter, mayLeave, mayOpen, mayTalkTo } from "#js/rooms/permissions.js";
import { after, member, missed, snapshot } from "./world.mjs";

test("what one may do with a room goes by its kind and by who one is", () => {
  const kinds = /** @type {const} */ (["main", "open", "group", "direct"]);
  const guest = after(snapshot([], { members: [member("a"), member("h", { role: "host" })] }));
  const host = after(snapshot([], { members: [member("a", { role: "host" })] }));
  const table = kinds.map((kind) => {
    const its = { ...missed("r"), kind, people: null };
    const own = { ...its, opener: "a" };
    const of = (/** @type {State} */ state) => [mayChange(state, its), mayLeave(state, its)];
    return [...of(guest), ...of(host), mayChange(guest, own)];
  });
  assert.deepEqual(table, [
    [false, false, false, false, false],
    [false, true, true, true, true],
    [false, false, true, true, false],
    [false, false, false, false, false],
  ]);
  const locked = { ...missed("r"), locked: true, people: null };
  assert.deepEqual([mayEnter(guest, locked), mayEnter(host, locked)], [false, true]);
});

test("who opens rooms and who talks to whom is for the server to say", () => {
  const rules = { topic: "", locked: false, readonly: false, slow: 0 };
  const members = [member("a"), member("b"), member("h", { role: "host" })];
  const may = (/** @type {Partial<Rules>} */ more) => {
    const state = after(snapshot([], { members, rules: { ...rules, ...more } }));
    const [ana, bia, host] = state.members.map((one) => mayTalkTo(state, one));
    return [mayOpen(state), ana, bia, host];
  };
  assert.deepEqual(may({ private: "off" }), [false, false, false, false]);
  assert.deepEqual(may({ private: "hosts" }), [false, false, false, true]);
  assert.deepEqual(may({ private: "all", rooms: "all" }), [true, false, true, true]);
});
