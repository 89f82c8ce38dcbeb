// Which of the messages stand in the page, pure: a stretch of bounded length without a gap in it,
// so that a message costs the same however much was said. A span names it by ids, because places
// in the list move; its `to` is Infinity where it reaches the end, and goes on with it.

import { lastOf } from "./dom.js";

const MOST = 300; // messages in the page
const KEPT = 240; // at the end, where new ones come, until there are MOST again
const STEP = 60; // that come in at one side while one scrolls
const AROUND = 100; // on either side of one that was jumped to

/** @type {Span} */
export const END = { from: 0, to: Infinity };

/**
 * The index of the first message with this id or a later one.
 * @param {readonly Pick<Message, "id">[]} messages
 * @param {number} id
 */
export function indexFrom(messages, id) {
  let [low, high] = [0, messages.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (messages[middle].id < id) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * The indices of a span's first message and the one behind its last, and how far it could go on
 * to either side before something is missing.
 * @param {Held} held
 * @param {Span} span
 */
export function stretchOf(held, { from, to }) {
  const { messages } = held;
  const start = indexFrom(messages, from);
  const [first, last] = whole(held, start);
  const end = Math.min(last, to === Infinity ? last : indexFrom(messages, to + 1));
  return { start, end: Math.max(start, end), first, last };
}

/**
 * Whether messages are missing before the one at this index, or behind the last.
 * @param {Held} held
 * @param {number} index
 */
export function isGap({ messages, gaps }, index) {
  if (index >= messages.length) return false;
  const before = index > 0 ? messages[index - 1].id : -1;
  return gaps.some((gap) => gap > before && gap <= messages[index].id);
}

/**
 * The span as it goes on with what has come and gone; `atEnd` is whether its reader follows.
 * @param {Held} held
 * @param {Span} span
 * @param {boolean} atEnd
 */
export function followed(held, span, atEnd) {
  const { messages } = held;
  if (atEnd && span.to === Infinity) return atItsEnd(held, span);
  const { start, end, last } = stretchOf(held, span);
  if (start === end) return atItsEnd(held, END);
  if (end - start > MOST) return named(held, start, start + MOST);
  return span.to === Infinity && last < messages.length ? named(held, start, last) : span;
}

/**
 * @param {Held} held
 * @param {Span} span
 */
export function older(held, span) {
  const { start, end, first } = stretchOf(held, span);
  const begin = Math.max(first, start - STEP);
  return begin === start ? span : named(held, begin, Math.min(end, begin + MOST));
}

/**
 * @param {Held} held
 * @param {Span} span
 */
export function newer(held, span) {
  const { start, end, last } = stretchOf(held, span);
  const stop = Math.min(last, end + STEP);
  return stop === end ? span : named(held, Math.max(start, stop - MOST), stop);
}

/**
 * @param {Held} held
 * @param {number} id
 */
export function around(held, id) {
  const at = indexFrom(held.messages, id);
  const [first, last] = whole(held, at);
  return named(held, Math.max(first, at - AROUND), Math.min(last, at + AROUND));
}

/**
 * At least KEPT of the newest, where there are so many, and at most MOST.
 * @param {Held} held
 * @param {Span} span
 * @returns {Span}
 */
function atItsEnd(held, span) {
  const count = held.messages.length;
  if (count === 0) return END;
  const [first] = whole(held, count - 1);
  const start = indexFrom(held.messages, span.from);
  const enough = Math.min(KEPT, count - first);
  if (start >= first && count - start >= enough && count - start <= MOST) return span;
  return named(held, count - enough, count);
}

/**
 * The indices between which nothing is missing around this one.
 * @param {Held} held
 * @param {number} index
 */
function whole({ messages, gaps }, index) {
  const id = (messages[index] ?? lastOf(messages))?.id ?? 0;
  const before = lastOf(gaps.filter((gap) => gap <= id)) ?? 0;
  const behind = gaps.find((gap) => gap > id) ?? Infinity;
  const last = behind === Infinity ? messages.length : indexFrom(messages, behind);
  return [indexFrom(messages, before), last];
}

/**
 * @param {Held} held
 * @param {number} start
 * @param {number} end
 * @returns {Span}
 */
function named({ messages }, start, end) {
  return {
    from: messages[start].id,
    to: end === messages.length ? Infinity : messages[end - 1].id,
  };
}
