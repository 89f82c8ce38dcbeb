// What a reader sees of a room from top to bottom, pure: the part of the state with the messages and
// the notes between them.
//
// `lastSeq` is the position up to which nothing can be missing, in the `epoch` in which it was
// learned: live events raise it, which wait until the catch-up is in (early.js), and the answer to
// one's own message never does (an earlier one may still be on its way).

import { pinOf, withPin, withQuotes } from "./copies.js";
import { lastOf } from "./dom.js";
import { readAccordingTo } from "./rooms/unread.js";
import { EMPTY } from "./rooms/views.js";
import { sorted } from "./stretches.js";
import { withoutTyping } from "./typing.js";
import { has, isCleared, withNews, withVersion, withVersions } from "./versions.js";

const MOST_NOTES = 300;
const MOST_ANNOUNCED = 10; // three can be pinned

/**
 * The messages of a snapshot, as far as they are of the room in its place, and what has changed there
 * since this page saw it.
 * @param {State} state
 * @param {RoomPart} part
 * @returns {State}
 */
export function caughtUp(state, { messages, changed, pins, seq, ...part }) {
  const { complete, anew, cleared, retired, unread } = part;
  const { readUpTo, newAfter, typing } = state;
  const nothing = { ...EMPTY, readUpTo, newAfter, typing, lastSeq: 0 };
  const before = withCleared(anew ? { ...state, ...nothing } : withoutUncertain(state), cleared);
  const old = retired > 0 ? withRetired(before, [[0, retired]]) : before;
  // What changed and is not shown here (let go, or in a gap) does not come back alone.
  const concerns = changed.filter(({ id, deleted }) => deleted || has(old, id));
  const known = withVersions(concerns.reduce(withVersion, old), messages);
  // Also where all that came is deleted by now, or nothing has come.
  const first = messages.length > 0 ? messages.find(({ id }) => id > old.lastSeq)?.id : seq + 1;
  const gaps = complete || !first ? known.gaps : sorted([...known.gaps, first]);
  // What was told before anything was known stands where one came in.
  const newest = newestId(known);
  const notes =
    old.lastSeq > 0 ? known.notes : known.notes.map((one) => ({ ...one, after: newest }));
  const told = { ...withQuotes({ ...known, pins: pins.map(pinOf) }, changed), gaps, notes };
  if (unread === null) return told;
  return { ...told, readUpTo: Math.max(readUpTo ?? 0, readAccordingTo(told, unread)) };
}

/** @type {Reducer<"messagePosted">} */
export function messagePosted(state, { message }) {
  const { user_id, seq } = message;
  return withPosition(withAnswer(withoutTyping(state, user_id), message), seq);
}

/**
 * A message is from now on as it comes here; one that is deleted comes without its text.
 * @type {Reducer<"messageChanged">}
 */
export function messageChanged(state, { message }) {
  const shown = has(state, message.id);
  const after = shown || message.deleted ? withVersion(state, message) : withNews(state, message);
  return withPosition(withQuotes(withPin(after, message), [message]), message.seq);
}

/**
 * A host has announced what was said and pinned just before.
 * @type {Reducer<"announced">}
 */
export function announced(state, { id, seq }) {
  return withPosition(withAnnounced(state, [id]), seq);
}

/**
 * @param {State} state
 * @param {readonly number[]} ids
 * @returns {State}
 */
export function withAnnounced(state, ids) {
  const news = ids.filter((id) => !state.announced.includes(id));
  if (news.length === 0) return state;
  return { ...state, announced: [...state.announced, ...news].slice(-MOST_ANNOUNCED) };
}

/**
 * A message that comes; what it quotes may have changed while it was on its way.
 * @param {State} state
 * @param {Message} message
 */
function withAnswer(state, message) {
  const after = withVersion(state, message);
  return message.quoted === undefined ? after : withQuotes(after);
}

/**
 * All that was said is gone, and what lay between it.
 * @type {Reducer<"historyCleared">}
 */
export function historyCleared(state, { upTo, now }) {
  const rest = {
    ...withCleared(state, upTo),
    notes: state.notes.filter(({ after }) => after > upTo),
    gaps: state.gaps.filter((id) => id > upTo),
  };
  return tell(rest, { phrase: ["client.room_cleared", {}], now });
}

/**
 * All that one user has said is gone, and all that they have reacted.
 * @type {Reducer<"userCleared">}
 */
export function userCleared(state, { userId, upTo, seq }) {
  const clearedOf = { ...state.clearedOf, [userId]: upTo };
  const mine = userId === state.you.id ? {} : state.mine;
  return withPosition(withoutCleared({ ...state, clearedOf, mine }), seq);
}

/**
 * Messages are gone for their age: nobody has done anything, so nothing is said of it.
 * @type {Reducer<"messagesRetired">}
 */
export function messagesRetired(state, { ranges }) {
  return withRetired(state, ranges);
}

/**
 * A note for this page alone: a phrase, or a text.
 * @param {State} state
 * @param {{ phrase?: Phrase | null, text?: string, now: number }} told
 * @returns {State}
 */
export function tell(state, { phrase = null, text = "", now }) {
  const time = new Date(now + state.clockOffset).toISOString();
  const key = `told:${state.toldCount}`;
  /** @type {Note} */
  const note = { key, kind: "told", phrase, text, time, after: newestId(state) };
  return { ...state, toldCount: state.toldCount + 1, notes: withNote(state.notes, note) };
}

/**
 * @param {readonly Note[]} notes
 * @param {Note} note
 */
export function withNote(notes, note) {
  return [...notes, note].slice(-MOST_NOTES);
}

/**
 * The newest message that is shown: a note stands after it.
 * @param {Pick<State, "messages">} state
 */
export function newestId({ messages }) {
  return lastOf(messages)?.id ?? 0;
}

/**
 * An own message whose acknowledgement has overtaken all else may have changed since, and no answer
 * says so: the cursor lies before it. It comes anew if it is still there.
 * @param {State} state
 * @returns {State}
 */
function withoutUncertain(state) {
  const messages = state.messages.filter(({ id }) => id <= state.lastSeq);
  return { ...state, messages };
}

/**
 * @param {State} state
 * @param {number} upTo
 * @returns {State}
 */
function withCleared(state, upTo) {
  return withoutCleared({ ...state, cleared: Math.max(state.cleared, upTo) });
}

/**
 * @param {State} state
 * @param {readonly IdRange[]} ranges
 * @returns {State}
 */
function withRetired(state, ranges) {
  /** @type {IdRange[]} */
  const retired = [];
  for (const [first, last] of [...state.retired, ...ranges].sort(([a], [b]) => a - b)) {
    const before = lastOf(retired);
    if (before === undefined || first > before[1] + 1) retired.push([first, last]);
    else retired[retired.length - 1] = [before[0], Math.max(before[1], last)];
  }
  // Where all before it is gone nothing is missing before a message.
  const gone = retired[0]?.[0] === 0 ? retired[0][1] : 0;
  const gaps = state.gaps.filter((id) => id > gone + 1);
  return withoutCleared({ ...state, retired, gaps });
}

/** @param {State} state */
function withoutCleared(state) {
  const messages = state.messages.filter((one) => !isCleared(state, one));
  const pins = state.pins.filter((pin) => !isCleared(state, pin));
  return withQuotes({ ...state, messages, pins });
}

/**
 * @param {State} state
 * @param {number} seq
 * @returns {State}
 */
function withPosition(state, seq) {
  return { ...state, lastSeq: Math.max(state.lastSeq, seq) };
}
