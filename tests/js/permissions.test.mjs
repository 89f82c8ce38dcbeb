// js/rooms/permissions.js: what the page offers to do with rooms.

import assert from "node:assert/strict";
import { test } from "node:test";

import { silencedBy } from "#js/moderation.js";
import {
  isOfUse,
  mayChange,
  mayEnter,
  mayLeave,
  mayOpen,
  mayTalkTo,
  mayUse,
} from "#js/rooms/permissions.js";
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

test("commands are offered where they are about something, to whoever may use them", () => {
  const known = [
    { name: "mute", host: true, here: false, rooms: false },
    { name: "topic", host: true, here: true, rooms: false },
    { name: "close", host: true, here: true, rooms: true },
    { name: "room", host: false, here: false, rooms: true },
    { name: "rooms", host: false, here: false, rooms: true },
  ];
  const offered = (/** @type {State} */ state) =>
    known.filter((one) => mayUse(state, one) && isOfUse(state, one)).map(({ name }) => name);
  const guest = [member("a")];
  const host = [member("a", { role: "host" })];
  assert.deepEqual(offered(after(snapshot([], { members: guest }))), []);
  assert.deepEqual(offered(after(snapshot([], { members: host }))), ["mute", "topic", "room"]);
  /** @param {readonly Member[]} members @param {Partial<RoomMissed>} room */
  const within = (members, room) => {
    const rooms = [missed("lobby"), missed("r", room)];
    return offered(after(snapshot([], { members, rooms }), { type: "roomChosen", room: "r" }));
  };
  assert.deepEqual(within(guest, {}), ["room", "rooms"]);
  assert.deepEqual(within(guest, { opener: "a" }), ["topic", "close", "room", "rooms"]);
  assert.deepEqual(within(host, { kind: "direct" }), ["mute", "room", "rooms"]);
});

test("what was said privately is read on where nobody may go on with it", () => {
  const direct = missed("d", { kind: "direct", person: { id: "b", name: "Bia" } });
  const rules = { topic: "", locked: false, readonly: false, slow: 0 };
  const why = (/** @type {Partial<Rules>} */ more, /** @type {Partial<Member>} */ bia) => {
    const told = { members: [member("a"), member("b", bia)], rules: { ...rules, ...more } };
    const all = snapshot([], { ...told, rooms: [missed("lobby"), direct] });
    return silencedBy(after(all, { type: "roomChosen", room: "d" }));
  };
  assert.deepEqual(why({ private: "off" }, { role: "host" }), ["client.private_off", {}]);
  assert.deepEqual(why({ private: "hosts" }, {}), ["client.private_off", {}]);
  assert.equal(why({ private: "hosts" }, { role: "host" }), null);
  assert.equal(why({ private: "all" }, {}), null);
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
