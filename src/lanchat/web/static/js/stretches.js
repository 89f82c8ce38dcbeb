// Parts of the history that come and go while somebody reads, pure. A gap is an id: between it and
// the message that is known before it some may be missing.

import { lastOf } from "./dom.js";
import { withQuotes } from "./copies.js";
import { withMine } from "./reactions.js";
import { has, withoutOldNews, withVersions } from "./versions.js";
import { indexFrom } from "./window.js";

const KEPT_BESIDE = 200; // messages on either side of those that are shown
const KEPT_NEWEST = 300;

/**
 * What is far from `from` and `to`, between which somebody reads, and from the end, is let go.
 * @type {Reducer<"historyTrimmed">}
 */
export function historyTrimmed(state, { from, to }) {
  const { messages } = state;
  const count = messages.length;
  const begin = Math.max(0, indexFrom(messages, from) - KEPT_BESIDE);
  const end = Math.min(count, indexFrom(messages, to) + KEPT_BESIDE);
  const newest = Math.max(0, count - KEPT_NEWEST);
  const [read, rest] = [
    [begin, end],
    [newest, count],
  ];
  const runs = (end < newest ? [read, rest] : [[Math.min(begin, newest), count]]).map(
    ([first, last]) => ({
      low: first === 0 ? 0 : messages[first].id,
      high: last === count ? Infinity : messages[last - 1].id,
    }),
  );
  const within = (/** @type {number} */ id) =>
    runs.some(({ low, high }) => id >= low && id <= high);
  const begins = runs.map(({ low }) => low).filter((low) => low > 0);
  return {
    ...state,
    messages: messages.filter(({ id }) => within(id)),
    notes: state.notes.filter(({ after }) => within(after)),
    gaps: sorted([...state.gaps.filter(within), ...begins]),
  };
}

/** @type {Reducer<"historyAsked">} */
export function historyAsked(state) {
  return { ...state, asked: state.asked + 1 };
}

/** @type {Reducer<"historyFailed">} */
export function historyFailed(state) {
  return withoutOldNews({ ...state, asked: state.asked - 1 });
}

/**
 * A stretch before, after or around a message; where it meets what is known, nothing is missing.
 * @type {Reducer<"historyReceived">}
 */
export function historyReceived(state, { mine, ...stretch }) {
  const known = withVersions({ ...state, asked: state.asked - 1 }, stretch.messages);
  const told = withMine(withQuotes(known), stretch.messages, mine);
  return withoutOldNews({ ...told, gaps: gapsBeside(state, stretch) });
}

/**
 * Where messages are missing once this stretch is in. A gap is an id: before it, down to the
 * message that is known there, some may be missing.
 * @param {State} state
 * @param {Omit<ActionFields["historyReceived"], "mine">} stretch
 */
function gapsBeside(state, { place, messages, isFirst, isLast }) {
  if (messages.length === 0 && !isFirst && !isLast) return state.gaps;
  const { before, after } = place;
  const [first, last] = [messages[0]?.id ?? 0, lastOf(messages)?.id ?? 0];
  const low = isFirst ? 0 : (after ?? first);
  const high = isLast ? Infinity : (before ?? last);
  const gaps = state.gaps.filter((id) => id <= low || id > high);
  const known = has(state, after ?? first);
  if (!isFirst && !known && first > 0) gaps.push(first);
  const next = state.messages[indexFrom(state.messages, last + 1)];
  if (high === last && next !== undefined && !has(state, last)) gaps.push(next.id);
  return sorted(gaps);
}

/** @param {readonly number[]} ids */
export function sorted(ids) {
  return [...new Set(ids)].sort((a, b) => a - b);
}
