// What a page is told when it comes in, pure: all that it has missed, room by room.

import { caughtUp, withAnnounced } from "../history.js";
import { withMine } from "../reactions.js";
import { withoutOldNews } from "../versions.js";
import { MAIN, withRooms } from "./lists.js";
import { inRoom, roomOf } from "./views.js";

/**
 * The messages of a snapshot, and what has changed since this page saw them.
 * @param {State} state
 * @param {Snapshot} snapshot
 * @returns {State}
 */
export function allCaughtUp(state, snapshot) {
  const { messages, changed, pins, seq, epoch, mine } = snapshot;
  const all = snapshot.rooms ?? [mainOf(snapshot)];
  const begun = all.every(({ anew }) => anew) ? begunAnew(state) : state;
  const { lastSeq } = begun;
  const known = all.reduce(
    (after, room) => {
      const part = partOf(snapshot, room, all.length > 1);
      const caught = inRoom(after, room.id, (there) => caughtUp({ ...there, lastSeq }, part));
      return { ...caught, lastSeq };
    },
    withRooms(begun, snapshot),
  );
  const after = withMine(known, [...messages, ...changed], mine);
  const told = { ...after, lastSeq: seq, epoch, early: [], reacting: {}, voting: {}, joined: true };
  const announced = pins.filter((pin) => pin.announced).map(({ id }) => id);
  return withoutOldNews(withAnnounced(told, announced));
}

/**
 * @param {Snapshot} snapshot
 * @returns {RoomMissed}
 */
function mainOf({ complete, anew, cleared, retired = 0 }) {
  return { ...MAIN, complete, anew, cleared, retired };
}

/**
 * What a snapshot says of one room, which is one of several.
 * @param {Snapshot} snapshot
 * @param {RoomMissed} room
 * @param {boolean} several
 * @returns {RoomPart}
 */
function partOf({ messages, changed, pins, seq }, room, several) {
  const its = (/** @type {readonly Message[]} */ some) =>
    several ? some.filter((message) => roomOf(message) === room.id) : some;
  const { complete, anew = false, cleared, retired = 0 } = room;
  const unread = several ? room.unread : null;
  const said = { messages: its(messages), changed: its(changed), pins: its(pins) };
  return { ...said, complete, anew, cleared, retired, unread, seq };
}

/**
 * What is known is of another history.
 * @param {State} state
 * @returns {State}
 */
function begunAnew(state) {
  return { ...state, lastSeq: 0, clearedOf: {}, unseen: {}, unseenReactions: {}, mine: {} };
}
