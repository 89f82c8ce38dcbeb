// What stands of a message in other places, pure: quoted in its answers, and pinned on the board.
// A copy follows what happens to its message, also where that one is not shown itself.

import { roomOf } from "./rooms/views.js";
import { isCleared, messageWith } from "./versions.js";

const QUOTE_LIMIT = 200; // code points, as the server quotes

/**
 * A message as its answers quote it.
 * @param {Pick<Message, "id" | "user_id" | "user" | "message" | "deleted" | "files" | "poll">} message
 * @returns {Quoted}
 */
export function quoteOf({ id, user_id, user, message, deleted, files, poll }) {
  if (deleted) return { id, user_id, user, message: "", deleted };
  const begin = message.slice(0, 2 * QUOTE_LIMIT); // no more need be taken apart
  const quoted = begin.length > QUOTE_LIMIT ? [...begin].slice(0, QUOTE_LIMIT).join("") : begin;
  return { id, user_id, user, message: quoted, ...(files && { files }), ...(poll && { poll }) };
}

/**
 * A message as it stands among the pins: with all of its text.
 * @param {Message} message
 * @returns {Quoted}
 */
export function pinOf(message) {
  return { ...quoteOf(message), message: message.message, room: roomOf(message) };
}

/**
 * So many letters of a text at most, and at its end no half of one that takes two places.
 * @param {string} text
 * @param {number} most
 */
export function beginningOf(text, most) {
  return text.slice(0, most).replace(/[\ud800-\udbff]$/, "");
}

/**
 * The state in which answers quote what is known by now; `changed` are versions that have just come.
 * @param {State} state
 * @param {readonly Message[]} changed
 * @returns {State}
 */
export function withQuotes(state, changed = []) {
  const news = new Map(changed.map((version) => [version.id, version]));
  const messages = mapped(state.messages, (one) => requoted(state, news, one));
  const outbox = mapped(state.outbox, (draft) =>
    roomOf(draft) === state.room ? requoted(state, news, draft) : draft,
  );
  if (messages === state.messages && outbox === state.outbox) return state;
  return { ...state, messages, outbox };
}

/**
 * @template {{ readonly quoted?: Quoted | undefined }} T
 * @param {State} state
 * @param {ReadonlyMap<number, Message>} news
 * @param {T} answer
 * @returns {T}
 */
function requoted(state, news, answer) {
  const { quoted } = answer;
  if (quoted === undefined) return answer;
  const now = quoteNow(state, news, quoted);
  return isSame(quoted, now) ? answer : { ...answer, quoted: now };
}

/**
 * @param {State} state
 * @param {ReadonlyMap<number, Message>} news
 * @param {Quoted} quoted
 * @returns {Quoted}
 */
function quoteNow(state, news, quoted) {
  const { id } = quoted;
  if (isCleared(state, quoted)) return { ...quoted, message: "", deleted: true };
  const versions = [news.get(id), state.unseen[id], messageWith(state, id)];
  const known = versions.reduce((one, other) => (later(one, other) ? other : one), undefined);
  return known === undefined ? quoted : quoteOf(known);
}

/**
 * @param {Message | undefined} one
 * @param {Message | undefined} other
 */
function later(one, other) {
  return other !== undefined && (one === undefined || other.seq > one.seq);
}

/**
 * @param {Quoted} one
 * @param {Quoted} other
 */
function isSame(one, other) {
  return (
    one.message === other.message &&
    one.user === other.user &&
    (one.deleted === true) === (other.deleted === true)
  );
}

/**
 * A message that has changed is pinned, or is not any more; the one that was pinned last stands
 * at the end.
 * @param {State} state
 * @param {Message} version
 * @returns {State}
 */
export function withPin(state, version) {
  const { id, deleted, pinned = false } = version;
  const at = state.pins.findIndex((pin) => pin.id === id);
  if (deleted || !pinned) {
    return at < 0 ? state : { ...state, pins: state.pins.filter((pin) => pin.id !== id) };
  }
  const pin = pinOf(version);
  if (at < 0) return { ...state, pins: [...state.pins, pin] };
  return { ...state, pins: state.pins.map((one) => (one.id === id ? pin : one)) };
}

/**
 * How a poll that is pinned stands by now.
 * @param {State} state
 * @param {number} id
 * @param {Told} told
 * @returns {State}
 */
export function withTally(state, id, { counts }) {
  if (counts === undefined) return state;
  const pins = mapped(state.pins, (pin) =>
    pin.id === id && pin.poll ? { ...pin, poll: { ...pin.poll, counts } } : pin,
  );
  return pins === state.pins ? state : { ...state, pins };
}

/**
 * A list with these in place of its items; the same list where all are the same.
 * @template T
 * @param {readonly T[]} list
 * @param {(item: T) => T} change
 */
function mapped(list, change) {
  let same = true;
  const after = list.map((item) => {
    const now = change(item);
    same &&= now === item;
    return now;
  });
  return same ? list : after;
}
