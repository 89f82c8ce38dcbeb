// js/rooms/unread.js: how much of each room is not read.

import assert from "node:assert/strict";
import { test } from "node:test";

import { ACTIONS } from "#js/protocol.js";
import { countNew } from "#js/reading.js";
import { unreadElsewhere, unreadIn } from "#js/rooms/unread.js";
import { viewIn } from "#js/rooms/views.js";
import { reduce } from "#js/state.js";
import { after, ANA, message, missed, posted, snapshot } from "./world.mjs";

/** @param {string} id @returns {Action} */
const chosen = (id) => ({ type: "roomChosen", room: id });

/** @param {State} state @param {string} id */
function unread(state, id) {
  const its = state.rooms.find((one) => one.id === id);
  return its && unreadIn(state, its);
}

/** Ana is in the main room, where Bia has said 1, and in the room "r", where she has said 2. */
const both = [message(1), message(2, { room: "r" })];
const inBoth = snapshot(both, { rooms: [missed("lobby"), missed("r")] });

test("what came while one was elsewhere is new, until one is at its end", () => {
  const away = after(inBoth, posted(3, { room: "r" }));
  assert.deepEqual(unread(away, "r"), { unread: 1, mentions: 0 });
  const turned = reduce(away, chosen("r"));
  assert.deepEqual([turned.newAfter, turned.atEnd, countNew(turned)], [2, false, 1]);
  const read = reduce(turned, { type: "attentionChanged", here: true, atEnd: true });
  assert.deepEqual([read.newAfter, unread(read, "r")?.unread], [2, 0]);
  const left = reduce(read, chosen("lobby"));
  assert.equal(viewIn(left, "r")?.newAfter, null);
});

test("what mentions one is counted apart, one's own words are not counted", () => {
  const state = after(
    inBoth,
    posted(3, { room: "r", mentions: [ANA.id] }),
    posted(4, { room: "r", user_id: ANA.id }),
    posted(5, { room: "r" }),
  );
  assert.deepEqual(unread(state, "r"), { unread: 2, mentions: 1 });
  assert.deepEqual(unreadElsewhere(state), { unread: 2, mentions: 1 });
});

test("what is said to one alone counts as what mentions one", () => {
  const direct = missed("d", { kind: "direct", name: "", person: { id: "b", name: "Bia" } });
  const state = after(
    snapshot([1], { rooms: [missed("lobby"), direct] }),
    posted(2, { room: "d" }),
  );
  assert.deepEqual(unreadElsewhere(state), { unread: 1, mentions: 1 });
});

test("a page that comes in counts as the server does", () => {
  const few = [1, 2, 3, 4].map((id) => message(id, { room: "r" }));
  const rooms = [missed("lobby"), missed("r", { unread: 2, mentions: 1, anew: true })];
  const state = after(snapshot(few, { rooms }));
  assert.deepEqual([viewIn(state, "r")?.readUpTo, unread(state, "r")?.unread], [2, 2]);
});

test("where not all of it is here the server's count holds, and goes on", () => {
  const rooms = [missed("lobby"), missed("r", { unread: 500, complete: false, anew: true })];
  const state = after(
    snapshot([message(400, { room: "r" })], { rooms }),
    posted(401, { room: "r" }),
  );
  assert.deepEqual(unread(state, "r"), { unread: 501, mentions: 0 });
});

test("of a room that is not shown the newest messages are kept, and all are counted", () => {
  const many = Array.from({ length: 700 }, (_, at) => posted(at + 3, { room: "r" }));
  const state = after(inBoth, ...many);
  const { messages = [], gaps = [] } = viewIn(state, "r") ?? {};
  assert.ok(messages.length < 610);
  assert.deepEqual([messages[messages.length - 1].id, gaps], [702, [messages[0].id]]);
  assert.equal(unread(state, "r")?.unread, 700);
});

test("what one has read elsewhere is read here, too", () => {
  const read = ACTIONS.read({ room: "r", id: 3, unread: 0, mentions: 0 }, 0);
  const state = after(inBoth, posted(3, { room: "r" }), posted(4, { room: "r" }), read);
  assert.deepEqual(unread(state, "r"), { unread: 1, mentions: 0 });
  const before = ACTIONS.read({ room: "r", id: 1, unread: 0, mentions: 0 }, 0);
  assert.equal(reduce(state, before).views.r.readUpTo, 3);
});
