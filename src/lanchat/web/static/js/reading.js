// What was read, pure: up to which message, and where the line "New" stands. Somebody reads who has
// the page before them, in front and with the focus, and is at the end of the talk. The line stands
// where they had stopped, and stays until they write or leave.

import { newestId } from "./history.js";
import { indexFrom } from "./window.js";

/** @type {Reducer<"attentionChanged">} */
export function attentionChanged(state, { here, atEnd }) {
  const left = state.here && !here;
  return { ...state, here, atEnd, newAfter: left ? null : state.newAfter };
}

/**
 * The state after anything has happened: what came while somebody was not reading is new.
 * @param {State} state
 * @returns {State}
 */
export function withNew(state) {
  const { joined, readUpTo } = state;
  if (!joined) return state;
  const newest = newestId(state);
  // What was said before one came is not news; nor is what was said in another history.
  const known = readUpTo === null || newest < readUpTo ? newest : readUpTo;
  const upTo = state.here && state.atEnd ? newest : known;
  const isNew = upTo === known && firstNew(state, known) !== null;
  const newAfter = isNew ? known : state.newAfter;
  return upTo === readUpTo && newAfter === state.newAfter
    ? state
    : { ...state, readUpTo: upTo, newAfter };
}

/**
 * What came while the page was away is new even to who has it before them.
 * @param {State} state
 * @returns {State}
 */
export function withMissed(state) {
  const { here, ...rest } = state;
  return { ...withNew({ ...rest, here: false }), here };
}

/**
 * Who writes has read what stands there.
 * @param {State} state
 * @returns {State}
 */
export function withoutNew(state) {
  return { ...state, readUpTo: state.joined ? newestId(state) : state.readUpTo, newAfter: null };
}

/**
 * How many messages of others one has not read.
 * @param {State} state
 */
export function countNew({ messages, you, readUpTo }) {
  if (readUpTo === null) return 0;
  let count = 0;
  for (let i = messages.length - 1; i >= 0 && messages[i].id > readUpTo; i -= 1) {
    if (messages[i].user_id !== you.id) count += 1;
  }
  return count;
}

/**
 * The index of the first message of others behind this id, or null.
 * @param {Pick<State, "messages" | "you">} state
 * @param {number} id
 */
export function firstNew({ messages, you }, id) {
  for (let at = indexFrom(messages, id + 1); at < messages.length; at += 1) {
    if (messages[at].user_id !== you.id) return at;
  }
  return null;
}
