// js/rooms/: which rooms there are, what is known of each, and how much of it is not read.

import assert from "node:assert/strict";
import { test } from "node:test";

import { ACTIONS, roomEntered } from "#js/protocol.js";
import { silencedBy } from "#js/moderation.js";
import { rowsOf } from "#js/rows.js";
import { rulesIn } from "#js/rooms/rules.js";
import { inRoom, outboxIn, viewIn } from "#js/rooms/views.js";
import { initial, reduce } from "#js/state.js";
import {
  after,
  ANA,
  gone,
  here,
  ids,
  INVITE,
  joined,
  lost,
  member,
  message,
  missed,
  NOW,
  posted,
  queued,
  refused,
  room,
  snapshot,
  stored,
} from "./world.mjs";

/** @param {string} id @returns {Action} */
const chosen = (id) => ({ type: "roomChosen", room: id });

/** @param {State} state @param {string} id */
const idsIn = (state, id) => viewIn(state, id)?.messages.map((one) => one.id);

/** @param {string} id @param {string} user */
const person = (id, user = id) => ({ room: "r", id, user });

/** Ana is in the main room, where Bia has said 1, and in the room "r", where she has said 2. */
const both = [message(1), message(2, { room: "r" })];
const inBoth = snapshot(both, { rooms: [missed("lobby"), missed("r")] });

test("what is told of a room stays in it", () => {
  const state = after(
    inBoth,
    posted(3, { room: "r" }),
    posted(4),
    { type: "messageChanged", message: gone(2, 5, { room: "r" }) },
    { type: "reactionsChanged", id: 3, seq: 6, reactions: { "👍": { count: 1, users: [] } } },
  );
  assert.deepEqual([ids(state), idsIn(state, "r")], [[1, 4], [3]]);
  assert.deepEqual(Object.keys(viewIn(state, "r")?.messages[0].reactions ?? {}), ["👍"]);
  assert.equal(state.lastSeq, 6);
});

test("of a room that one is not in nothing is kept", () => {
  const state = after(inBoth, posted(3, { room: "other" }));
  assert.deepEqual([ids(state), state.lastSeq], [[1], 2]);
});

test("the reader turns to a room and back, and each is as it was", () => {
  const turned = after(inBoth, posted(3, { room: "r" }), chosen("r"));
  assert.deepEqual([turned.room, ids(turned), idsIn(turned, "lobby")], ["r", [2, 3], [1]]);
  const back = reduce(turned, chosen("lobby"));
  assert.deepEqual([back.room, ids(back), idsIn(back, "r")], ["lobby", [1], [2, 3]]);
  assert.equal(reduce(back, chosen("nowhere")), back);
});

test("a loud room begins anew, and the others go on", () => {
  const rooms = [missed("lobby"), missed("r", { anew: true, complete: false })];
  const news = [message(8), message(9, { room: "r" })];
  const state = after(inBoth, posted(3), lost, snapshot(news, { rooms, seq: 9 }));
  assert.deepEqual([ids(state), idsIn(state, "r")], [[1, 3, 8], [9]]);
  assert.deepEqual([state.gaps, viewIn(state, "r")?.gaps, state.lastSeq], [[], [9], 9]);
});

test("a room that one is not in any more is let go, also where it was shown", () => {
  const state = after(inBoth, chosen("r"), lost, snapshot([5], { rooms: [missed("lobby")] }));
  assert.deepEqual([state.room, ids(state), state.views], ["lobby", [1, 5], {}]);
});

test("what comes before the answer waits for it, rooms as well", () => {
  const opened = ACTIONS.room_opened({ ...room("r"), member: true }, 0);
  const early = after(opened, posted(3, { room: "r" }));
  assert.equal(early.rooms.length, 1);
  const state = reduce(early, snapshot([1], { rooms: [missed("lobby")], seq: 2 }));
  assert.deepEqual([ids(state), idsIn(state, "r")], [[1], [3]]);
});

test("a room that is opened may be entered, or one is in it", () => {
  const told = ACTIONS.room_opened({ ...room("r"), member: false }, 0);
  const seen = after(here, told);
  assert.deepEqual([seen.rooms.length, seen.others.map(({ id }) => id)], [1, ["r"]]);
  const mine = reduce(seen, ACTIONS.room_opened({ ...room("r"), member: true }, 0));
  assert.deepEqual([mine.rooms.map(({ id }) => id), mine.others], [["lobby", "r"], []]);
  // Those who know of it are told behind those who are in it.
  assert.deepEqual(reduce(mine, told).others, []);
});

test("who is put into a group knows with whom", () => {
  const people = [{ id: "a", user: "Ana" }, person("b", "Bia")].map(({ id, user }) => ({
    id,
    user,
  }));
  const state = after(here, ACTIONS.room_opened({ ...room("r"), people, member: true }, 0));
  assert.deepEqual(state.rooms[1].people, [ANA, { id: "b", name: "Bia" }]);
  const turned = reduce(reduce(state, posted(3, { room: "r" })), chosen("r"));
  assert.equal(turned.newAfter, 0);
});

test("one's other page has entered a room, which this one knew of, or did not", () => {
  const told = ACTIONS.room_opened({ ...room("r"), member: false }, 0);
  const entered = ACTIONS.member_joined(person("a", "Ana"), NOW);
  for (const state of [after(here, told, entered), after(here, entered)]) {
    const known = reduce(state, posted(3, { room: "r" }));
    assert.deepEqual([idsIn(known, "r"), known.others], [[3], []]);
  }
});

test("people who enter and leave are told in the room, and counted", () => {
  const found = roomEntered({
    room: { ...room("r"), members: 1 },
    ...{ seq: 2, members: [{ id: "a", user: "Ana" }], messages: [], complete: true },
    ...{ pins: [], mine: {} },
  });
  const asked = after(inBoth, { type: "historyAsked" }, found);
  const came = reduce(asked, ACTIONS.member_joined(person("c", "Caio"), NOW));
  assert.deepEqual(
    came.rooms[1].people?.map(({ name }) => name),
    ["Ana", "Caio"],
  );
  assert.equal(came.rooms[1].members, 2);
  assert.deepEqual(
    viewIn(came, "r")?.notes.map(({ kind }) => kind),
    ["joined"],
  );
  assert.deepEqual(came.notes, []);
  const went = reduce(came, ACTIONS.member_left(person("c", "Caio"), NOW + 600_000));
  assert.deepEqual([went.rooms[1].members, went.rooms[1].people?.length], [1, 1]);
});

test("who leaves a room is back in the main one, and could enter it again", () => {
  const state = after(inBoth, chosen("r"), ACTIONS.member_left(person("a", "Ana"), NOW));
  assert.deepEqual([state.room, state.rooms.length, state.others[0]?.id], ["lobby", 1, "r"]);
  assert.deepEqual([ids(state), state.views], [[1], {}]);
});

test("of a group that one has to leave only hosts know further on", () => {
  const group = missed("r", { kind: "group" });
  for (const role of /** @type {const} */ (["guest", "host"])) {
    const members = [member("a", { role })];
    const state = after(
      snapshot([1], { members, rooms: [missed("lobby"), group] }),
      ACTIONS.member_left(person("a", "Ana"), NOW),
    );
    assert.equal(state.others.length, role === "host" ? 1 : 0);
  }
});

test("what is found in a room that one enters is there, with what came meanwhile", () => {
  const found = roomEntered({
    room: room("r"),
    ...{ seq: 9, members: [], messages: [message(6, { room: "r" }), message(8, { room: "r" })] },
    ...{ complete: false, pins: [message(6, { room: "r", pinned: true })], mine: {} },
  });
  const state = after(
    snapshot([1]),
    { type: "historyAsked" },
    ACTIONS.room_opened({ ...room("r"), member: true }, 0),
    { type: "messageChanged", message: message(8, { room: "r", seq: 11, message: "later" }) },
    posted(10, { room: "r" }),
    found,
  );
  const view = viewIn(state, "r");
  assert.deepEqual([view?.messages.map((one) => one.id), view?.gaps], [[6, 8, 10], [6]]);
  assert.equal(view?.messages[1].message, "later");
  assert.deepEqual([view?.pins.map(({ id }) => id), state.asked], [[6], 0]);
});

test("a room is called otherwise, closed and deleted", () => {
  const renamed = after(inBoth, ACTIONS.room_changed({ ...room("r"), name: "Chess" }, 0));
  assert.equal(renamed.rooms[1].name, "Chess");
  const closed = after(inBoth, chosen("r"), ACTIONS.room_closed({ ...room("r"), closed: true }, 0));
  assert.deepEqual(silencedBy(closed), ["client.room_closed", {}]);
  assert.deepEqual(ids(closed), [2]);
  const deleted = reduce(closed, ACTIONS.room_deleted({ id: "r" }, 0));
  assert.deepEqual([deleted.room, deleted.rooms.length, deleted.views], ["lobby", 1, {}]);
});

test("rules of the main room and those of another one are told apart", () => {
  const rules = { topic: "All", locked: false, readonly: false, slow: 5 };
  const state = after(inBoth, ACTIONS.room_changed(rules, 0), chosen("r"));
  const stricter = { ...room("r"), topic: "Robots", readonly: true, slow: 2 };
  const strict = reduce(state, ACTIONS.room_changed(stricter, 0));
  assert.deepEqual(rulesIn(strict), { ...rules, topic: "Robots", readonly: true });
  assert.equal(rulesIn(strict), rulesIn(reduce(strict, posted(9, { room: "r" }))));
  assert.deepEqual(silencedBy(strict), ["client.room_readonly", {}]);
  assert.equal(silencedBy(reduce(strict, chosen("lobby"))), null);
});

test("what waits is said in the room where it was written", () => {
  const state = after(inBoth, chosen("r"), queued("x"), chosen("lobby"), queued("y"));
  assert.deepEqual(
    outboxIn(state).map((draft) => draft.client_id),
    ["y"],
  );
  const said = reduce(reduce(state, stored("x", 3)), stored("y", 4));
  assert.deepEqual([ids(said), idsIn(said, "r"), said.outbox], [[1, 4], [2, 3], []]);
  assert.equal(rowsOf(state).filter(({ kind }) => kind === "message").length, 2);
});

test("what waits for a room that is gone stands where one can take it back", () => {
  const state = after(inBoth, chosen("r"), queued("x"), ACTIONS.room_deleted({ id: "r" }, 0));
  const failed = reduce(state, refused("x", "unknown_room"));
  assert.deepEqual(
    outboxIn(failed).map((draft) => [draft.client_id, draft.room]),
    [["x", "r"]],
  );
});

test("who comes to the server is told in the main room, whatever is shown", () => {
  const state = after(inBoth, chosen("r"), joined("c"));
  assert.deepEqual([state.notes, viewIn(state, "lobby")?.notes.length], [[], 1]);
  assert.equal(state.members.length, 2);
});

test("a person is cleared in all rooms, a history in its own", () => {
  const state = after(inBoth, posted(3, { user_id: "c" }), posted(4, { room: "r", user_id: "c" }));
  const without = reduce(state, ACTIONS.user_cleared({ user_id: "c", up_to: 4, seq: 5 }, 0));
  assert.deepEqual([ids(without), idsIn(without, "r")], [[1], [2]]);
  const cleared = reduce(state, ACTIONS.history_cleared({ up_to: 4, room: "r" }, NOW));
  assert.deepEqual([ids(cleared), idsIn(cleared, "r")], [[1, 3], []]);
});

test("a draft is quoted anew in its own room alone", () => {
  const quoted = { id: 1, message: "message 1" };
  const state = after(
    inBoth,
    { type: "draftQueued", draft: { client_id: "x", text: "yes", quoted } },
    ACTIONS.history_cleared({ up_to: 4, room: "r" }, NOW),
  );
  assert.equal(state.outbox[0].quoted, quoted);
});

test("a part of a room's history comes to it also once another one is shown", () => {
  const known = [message(1), message(5, { room: "r" })];
  const begun = snapshot(known, { rooms: [missed("lobby"), missed("r")] });
  const asked = after(begun, chosen("r"), { type: "historyAsked" }, chosen("lobby"));
  const place = { before: 5 };
  const stretch = { place, messages: [message(4, { room: "r" })], isFirst: true, isLast: false };
  const state = reduce(asked, { type: "historyReceived", room: "r", ...stretch, mine: {} });
  assert.deepEqual([ids(state), idsIn(state, "r"), state.asked], [[1], [4, 5], 0]);
  const late = reduce(asked, ACTIONS.room_deleted({ id: "r" }, 0));
  const none = reduce(late, { type: "historyReceived", room: "r", ...stretch, mine: {} });
  assert.deepEqual([ids(none), none.asked], [[1], 0]);
});

test("a page that is loaded again shows the room that it had shown", () => {
  const page = initial({ you: ANA, invite: INVITE, readUpTo: 1, room: "r" });
  const first = reduce(page, queued("x"));
  assert.equal(first.outbox[0].room, "r");
  const state = reduce(first, inBoth);
  assert.deepEqual([state.room, ids(state), viewIn(state, "lobby")?.readUpTo], ["r", [2], 1]);
  const without = reduce(page, snapshot([1]));
  assert.deepEqual([without.room, ids(without)], ["lobby", [1]]);
});

test("who reads a room that is not shown is nobody", () => {
  const state = after(inBoth);
  assert.equal(inRoom(state, "r", (there) => ({ ...there, typing: [] })).here, state.here);
  inRoom(state, "r", (there) => {
    assert.deepEqual([there.room, there.here], ["r", false]);
    return there;
  });
});
