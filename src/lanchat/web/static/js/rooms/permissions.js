// What one may do with rooms, pure, as far as this page knows: the server has the last word.

import { isHost } from "../moderation.js";
import { shownRoom } from "./lists.js";
import { mayBePrivate } from "./rules.js";

/** @param {State} state */
export function mayOpen(state) {
  return isHost(state) || state.rules.rooms === "all";
}

/**
 * Whether one may have a room with this person alone, also where there is one already.
 * @param {State} state
 * @param {Pick<Member, "id" | "role">} person
 */
export function mayTalkTo(state, { id, role }) {
  if (id === state.you.id) return false;
  if (state.rooms.some(({ person, closed }) => person?.id === id && !closed)) return true;
  return mayBePrivate(state, isHost(state) || role === "host");
}

/**
 * Whether one may show the hosts what somebody has said to oneself.
 * @param {State} state
 * @param {Pick<Message, "user_id">} message
 */
export function mayReport(state, { user_id }) {
  return isReporting(state) && user_id !== state.you.id;
}

/** @param {State} state */
function isReporting(state) {
  return shownRoom(state).kind === "direct" && state.rules.private !== "off";
}

/**
 * Whether one may use a command where one is: who has opened a room may say what holds there.
 * @param {State} state
 * @param {Pick<Command, "host" | "here">} command
 */
export function mayUse(state, { host, here }) {
  return !host || isHost(state) || (here && mayChange(state, shownRoom(state)));
}

/**
 * Whether a command is about anything where one is.
 * @param {State} state
 * @param {Pick<Command, "name" | "here" | "rooms">} command
 */
export function isOfUse(state, { name, here, rooms }) {
  const { kind } = shownRoom(state);
  if (name === "report") return isReporting(state);
  if (here) return kind !== "direct" && (!rooms || kind !== "main");
  const several = state.rooms.length + state.others.length > 1;
  return !rooms || several || (name === "room" && mayOpen(state));
}

/**
 * Whether one may call it otherwise, close it, and say what holds there.
 * @param {State} state
 * @param {Room} room
 */
export function mayChange(state, { kind, opener }) {
  if (kind === "open") return isHost(state) || opener === state.you.id;
  return kind === "group" && isHost(state);
}

/**
 * @param {State} state
 * @param {Room} room
 */
export function mayLeave(state, { kind }) {
  return kind === "open" || (kind === "group" && isHost(state));
}

/**
 * Whether one may enter it, who is not in it.
 * @param {State} state
 * @param {Room} room
 */
export function mayEnter(state, { locked }) {
  return !locked || isHost(state);
}
