// Rooms side by side, pure. The fields of the state that each room has of its own (a View) are those
// of the room that is shown; those of the others are kept in `views`, and change by the same
// reducers: `inRoom` puts a room in its place for as long as one runs.

import { indexFrom } from "../window.js";

/** The id of the room that everybody is in. */
export const LOBBY = "lobby";

/** @type {View} */
export const EMPTY = {
  messages: [],
  notes: [],
  gaps: [],
  pins: [],
  typing: [],
  readUpTo: null,
  newAfter: null,
  cleared: 0,
  retired: [],
};

/**
 * The id of the room that something is of.
 * @param {{ readonly room?: string | undefined }} thing
 */
export function roomOf({ room = LOBBY }) {
  return room;
}

/**
 * The part of the state that is of the room in its place.
 * @param {View} state
 * @returns {View}
 */
export function viewOf(state) {
  const { messages, notes, gaps, pins, typing, readUpTo, newAfter, cleared, retired } = state;
  return { messages, notes, gaps, pins, typing, readUpTo, newAfter, cleared, retired };
}

/**
 * What is known of a room's talk, or undefined where this user is not in it.
 * @param {State} state
 * @param {string} room
 * @returns {View | undefined}
 */
export function viewIn(state, room) {
  return room === state.room ? state : state.views[room];
}

/**
 * The state after a room has changed; the same where this user is not in it. Nobody reads a room
 * that is not shown.
 * @param {State} state
 * @param {string} room
 * @param {(state: State) => State} change
 * @returns {State}
 */
export function inRoom(state, room, change) {
  if (room === state.room) return change(state);
  const view = state.views[room];
  if (view === undefined) return state;
  const there = change({ ...state, ...view, room, here: false });
  const { room: shown, here } = state;
  const views = { ...there.views, [room]: viewOf(there) };
  return { ...there, ...viewOf(state), room: shown, here, views };
}

/**
 * The state after all rooms have changed.
 * @param {State} state
 * @param {(state: State) => State} change
 */
export function inAll(state, change) {
  const all = [state.room, ...Object.keys(state.views)];
  return all.reduce((after, room) => inRoom(after, room, change), state);
}

/**
 * A reducer of what happens in the room that the action names, or its message.
 * @template {{ room?: string } | { message: Message }} Fields
 * @param {(state: State, action: Fields) => State} reducer
 * @returns {(state: State, action: Fields) => State}
 */
export function where(reducer) {
  return (state, action) => {
    const room = roomOf("message" in action ? action.message : action);
    return inRoom(state, room, (there) => reducer(there, action));
  };
}

/**
 * The same for what happens in the main room.
 * @template Fields
 * @param {(state: State, action: Fields) => State} reducer
 * @returns {(state: State, action: Fields) => State}
 */
export function inLobby(reducer) {
  return (state, action) => inRoom(state, LOBBY, (there) => reducer(there, action));
}

/**
 * The same for what happens in all of them.
 * @template Fields
 * @param {(state: State, action: Fields) => State} reducer
 * @returns {(state: State, action: Fields) => State}
 */
export function everywhere(reducer) {
  return (state, action) => inAll(state, (there) => reducer(there, action));
}

/**
 * The room that has a message, where this page has it.
 * @param {State} state
 * @param {number} id
 */
export function roomWith(state, id) {
  const all = [state.room, ...Object.keys(state.views)];
  return all.find((room) => {
    const messages = viewIn(state, room)?.messages ?? [];
    return messages[indexFrom(messages, id)]?.id === id;
  });
}

/**
 * The own messages that wait to be sent to the room that is shown. Those to a room that one is not
 * in any more stand in the main one, where one can take them back.
 * @param {Pick<State, "outbox" | "room" | "views">} state
 */
export function outboxIn({ outbox, room, views }) {
  return outbox.filter((draft) => {
    const its = roomOf(draft);
    return its === room || (room === LOBBY && views[its] === undefined);
  });
}
