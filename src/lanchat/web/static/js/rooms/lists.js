// Which rooms there are, pure: those that this user is in, and those that they could enter. Each that
// they are in has a talk of its own (js/rooms/views.js).

import { pinOf } from "../copies.js";
import { withMoved } from "../presence.js";
import { withMine } from "../reactions.js";
import { withMissed } from "../reading.js";
import { historyTrimmed, sorted } from "../stretches.js";
import { has, withoutOldNews, withVersions } from "../versions.js";
import { readAccordingTo } from "./unread.js";
import { EMPTY, inRoom, LOBBY, roomOf, viewOf } from "./views.js";

const MOST_KEPT = 600; // messages of a room that is not shown

/** @type {Room} */
export const MAIN = {
  id: LOBBY,
  name: "",
  kind: "main",
  topic: "",
  locked: false,
  readonly: false,
  slow: 0,
  closed: false,
  members: 0,
  people: null,
  unread: 0,
  mentions: 0,
};

/**
 * The room with this id, among those that this user is in.
 * @param {Pick<State, "rooms">} state
 * @param {string} id
 */
export function roomWithId({ rooms }, id) {
  return rooms.find((room) => room.id === id);
}

/**
 * The room that is shown.
 * @param {Pick<State, "rooms" | "room">} state
 */
export function shownRoom(state) {
  return roomWithId(state, state.room) ?? MAIN;
}

/**
 * The rooms of a snapshot: what is shown of others is let go.
 * @param {State} state
 * @param {Snapshot} snapshot
 * @returns {State}
 */
export function withRooms(state, { rooms: missed, others = [], members }) {
  const rooms =
    missed === undefined ? [{ ...MAIN, members: members.length }] : missed.map(roomFrom);
  const known = { ...state.views, [state.room]: viewOf(state) };
  const all = Object.fromEntries(rooms.map(({ id }) => [id, known[id] ?? EMPTY]));
  const room = all[state.room] === undefined ? LOBBY : state.room;
  const { [room]: shown = EMPTY, ...views } = all;
  return { ...state, ...shown, rooms, others, views, room };
}

/**
 * @param {RoomMissed} missed
 * @returns {Room}
 */
function roomFrom({ complete: _, anew: _anew, cleared: _cleared, retired: _retired, ...room }) {
  return { ...room, people: null };
}

/** @type {Reducer<"roomOpened">} */
export function roomOpened(state, { room, member }) {
  // Where it is told who is in it, or the other one, nothing has been said yet.
  const isNew = room.people !== null || room.kind === "direct";
  if (member) return withRoom(state, room, isNew ? { ...EMPTY, readUpTo: 0 } : EMPTY);
  if (roomWithId(state, room.id) !== undefined) return state;
  return { ...state, others: [...state.others.filter(({ id }) => id !== room.id), room] };
}

/**
 * Called otherwise, closed, or with other rules.
 * @type {Reducer<"roomChanged">}
 */
export function roomChanged(state, { room }) {
  const changed = (/** @type {Room} */ one) => (one.id === room.id ? { ...one, ...room } : one);
  const others = state.others.map(changed).filter(({ closed }) => !closed);
  return { ...state, rooms: state.rooms.map(changed), others };
}

/**
 * Nothing of it is left.
 * @type {Reducer<"roomDeleted">}
 */
export function roomDeleted(state, { room }) {
  const after = withoutRoom(state, room);
  return { ...after, others: after.others.filter(({ id }) => id !== room) };
}

/** @type {Reducer<"personEntered">} */
export function personEntered(state, { room, person, now }) {
  if (person.id === state.you.id) return withOwnEntry(state, room);
  const known = roomWithId(state, room);
  if (known === undefined || known.people?.some(({ id }) => id === person.id)) return state;
  const people = known.people && [...known.people, person];
  const after = withFacts(state, room, { people, members: known.members + 1 });
  return inRoom(after, room, (there) => withMoved(there, "joined", person, now));
}

/**
 * By another page of theirs, or because they were put into it.
 * @param {State} state
 * @param {string} id
 */
function withOwnEntry(state, id) {
  if (roomWithId(state, id) !== undefined) return state;
  const known = state.others.find((room) => room.id === id);
  // What it is called this page has still to ask for.
  return withRoom(state, known ?? { ...MAIN, id, kind: "open" });
}

/** @type {Reducer<"personLeft">} */
export function personLeft(state, { room, person, now }) {
  const known = roomWithId(state, room);
  if (known === undefined) return state;
  const members = Math.max(0, known.members - 1);
  if (person.id === state.you.id) {
    const after = withoutRoom(state, room);
    const isHost = state.badges[state.you.id] === true;
    const isSeen = known.kind === "open" || (known.kind === "group" && isHost);
    return isSeen && !known.closed
      ? roomOpened(after, { room: { ...known, members, people: null }, member: false })
      : after;
  }
  const people = known.people && known.people.filter(({ id }) => id !== person.id);
  const after = withFacts(state, room, { people, members });
  return inRoom(after, room, (there) => withMoved(there, "left", person, now));
}

/**
 * What the answer has: the newest messages, and who is in it.
 * @type {Reducer<"roomEntered">}
 */
export function roomEntered(state, { found }) {
  const { room, people, messages, complete, pins, mine } = found;
  const before = withRoom(
    { ...state, asked: state.asked - 1 },
    {
      ...MAIN,
      ...roomWithId(state, room.id),
      ...room,
      people,
    },
  );
  const after = inRoom(before, room.id, (there) => {
    const known = withMine(withVersions(there, messages), messages, mine);
    const [first] = messages;
    const isGap = !complete && first !== undefined && !has(there, first.id);
    // Up to its end nothing is missing behind the first of them.
    const older = complete ? [] : there.gaps.filter((id) => first !== undefined && id <= first.id);
    const gaps = sorted(isGap ? [...older, first.id] : older);
    const readUpTo = there.readUpTo ?? readAccordingTo({ ...known, gaps }, 0);
    return { ...known, gaps, readUpTo, pins: pins.map(pinOf) };
  });
  return withoutOldNews(after);
}

/**
 * The reader turns to another room; what is new there is marked, and what was in this one is not
 * any more.
 * @type {Reducer<"roomChosen">}
 */
export function roomChosen(state, { room }) {
  const { [room]: next, ...rest } = state.views;
  if (next === undefined) return state;
  const left = { ...viewOf(state), newAfter: null };
  const views = { ...rest, [state.room]: left };
  const after = withMissed({ ...state, ...next, room, views, atEnd: true });
  return { ...after, atEnd: after.newAfter === null };
}

/** @type {Reducer<"readMoved">} */
export function readMoved(state, { room, upTo, unread, mentions }) {
  return inRoom(withFacts(state, room, { unread, mentions }), room, (there) => ({
    ...there,
    readUpTo: Math.max(there.readUpTo ?? 0, upTo),
  }));
}

/**
 * A message that has come is one more that is not read, for the server. Of a room that is not shown
 * the newest are kept.
 * @param {State} state
 * @param {Message} message
 */
export function withOneMore(state, message) {
  const room = roomOf(message);
  const isLong = (state.views[room]?.messages.length ?? 0) > MOST_KEPT;
  const end = { from: Infinity, to: Infinity };
  const after = isLong ? inRoom(state, room, (there) => historyTrimmed(there, end)) : state;
  const known = roomWithId(after, room);
  if (known === undefined || message.user_id === after.you.id) return after;
  const names = message.mentions?.includes(after.you.id) === true;
  const { unread, mentions } = known;
  return withFacts(after, room, { unread: unread + 1, mentions: mentions + Number(names) });
}

/**
 * Somebody is called otherwise from now on.
 * @param {State} state
 * @param {User} person
 * @returns {State}
 */
export function withRenamed(state, { id, name }) {
  const named = (/** @type {User} */ one) => (one.id === id ? { ...one, name } : one);
  const rooms = state.rooms.map((room) => ({
    ...room,
    ...(room.person && { person: named(room.person) }),
    people: room.people && room.people.map(named),
  }));
  return { ...state, rooms };
}

/**
 * This user is in it.
 * @param {State} state
 * @param {Room} room
 * @returns {State}
 */
function withRoom(state, room, view = EMPTY) {
  const others = state.others.filter(({ id }) => id !== room.id);
  const known = roomWithId(state, room.id);
  if (known !== undefined) {
    const { unread, mentions, people } = known;
    const facts = { ...room, people: room.people ?? people, unread, mentions };
    return withFacts({ ...state, others }, room.id, facts);
  }
  const views = { ...state.views, [room.id]: view };
  return { ...state, others, rooms: [...state.rooms, room], views };
}

/**
 * @param {State} state
 * @param {string} id
 * @returns {State}
 */
function withoutRoom(state, id) {
  if (roomWithId(state, id) === undefined) return state;
  const turned = state.room === id ? roomChosen(state, { room: LOBBY }) : state;
  const { [id]: _gone, ...views } = turned.views;
  return { ...turned, views, rooms: turned.rooms.filter((room) => room.id !== id) };
}

/**
 * @param {State} state
 * @param {string} id
 * @param {Partial<Room>} facts
 * @returns {State}
 */
function withFacts(state, id, facts) {
  const rooms = state.rooms.map((room) => (room.id === id ? { ...room, ...facts } : room));
  return { ...state, rooms };
}
