// The message list as its reader moves through it. The page holds a stretch of the talk
// (window.js), which goes on at both sides while one scrolls; what is missing there is asked for.
// The list stays at its end while the reader is there, and stands still while they are further up.

import { lastOf, setText } from "./dom.js";
import { floatingDate } from "./floating.js";
import { makeFold } from "./fold.js";
import { mountList } from "./list.js";
import { dayOf } from "./lines.js";
import { makeRenderer } from "./message.js";
import { outboxIn } from "./rooms/views.js";
import { newRowAt, rowsOf } from "./rows.js";
import { around, END, followed, indexFrom, isGap, newer, older, stretchOf } from "./window.js";

const NEAR = 80; // pixels from the end that still count as being there
const REACH = 1_000; // pixels, at most, from where the page ends to where it goes on
const MOST_HELD = 1_500; // messages that the state keeps
const ABOVE_NEW = 24; // pixels above the line "New", where it is what one finds
const FLASH_FOR = 2_000; // milliseconds
const QUIET = 300; // milliseconds after one has turned to another room
/** Of the state. */
const SHOWN = [
  ...["room", "messages", "notes", "outbox", "gaps", "badges", "newAfter", "you"],
  ...["mine", "reacting", "voting", "hands"],
];

/**
 * `onAct(act, id)` is a click below a failed message, by its client_id; `onMove(atEnd)` follows the reader; `onLoad(place)` brings what is missing into
 * the state and promises whether it has.
 * @param {{
 *   log: HTMLElement, rows: HTMLElement, newest: HTMLElement, label: HTMLElement,
 * }} elements
 * @param {{
 *   words: Words, times: Times, getState: () => State,
 *   takesFiles: boolean, previewOf: (key: string) => string | undefined,
 *   whyPending: () => string, isLive: (row: MessageRow) => boolean,
 *   onAct: (act: string, id: string) => void, onMove: (atEnd: boolean) => void,
 *   onLoad: (place: Place) => Promise<boolean>, onTrim: (span: Span) => void,
 *   polls: Omit<PollOptions, "words">,
 * }} options
 */
export function mountTimeline({ log, rows, newest, label }, options) {
  const { words, getState, onAct, onMove, onLoad, onTrim } = options;
  const how = { renderer: makeRenderer(options), foldTall: makeFold(options) };
  const list = mountList({ log, list: rows }, how);
  const date = floatingDate(log, (day) => dayOf(day, options));
  let span = END;
  let atEnd = true;
  const rooms = makePlaces(getState().room);
  let lastTop = 0;
  let last = "";
  /** @type {readonly unknown[]} */
  let drawn = [];

  log.addEventListener("scroll", follow, { passive: true });
  // A keyboard that opens makes the log smaller, details that open make the list longer.
  const resized = new ResizeObserver(() => atEnd && goToEnd());
  resized.observe(log);
  resized.observe(rows);
  newest.addEventListener("click", toEnd);
  onClick(rows, onAct);

  function follow() {
    const was = atEnd;
    const top = log.scrollTop;
    const isNear = toGo(log) < NEAR;
    // Only who scrolls up leaves the end: it also moves away when the log becomes smaller.
    if (isNear && span.to === Infinity) atEnd = true;
    else if (top < lastTop) atEnd = false;
    lastTop = top;
    goOn();
    if (atEnd || rooms.isNew()) date.hide();
    else date.show(list.firstMoment());
    if (atEnd !== was) onMove(atEnd);
  }

  /** Where the reader comes near to where the page ends, it goes on, or what is missing comes. */
  function goOn() {
    const state = getState();
    const { start, end, first, last: stop } = stretchOf(state, span);
    const reach = Math.min(log.clientHeight, REACH);
    if (log.scrollTop < reach) {
      if (start > first) draw(older(state, span));
      else if (isGap(state, start)) onLoad({ before: state.messages[start].id });
    } else if (span.to !== Infinity && toGo(log) < reach) {
      if (end < stop) draw(newer(state, span));
      else if (isGap(state, end)) onLoad({ after: state.messages[end - 1].id });
      else draw(followed(state, { ...span, to: Infinity }, false));
    }
  }

  /** To the end of the talk, where it is followed from now on. */
  function toEnd() {
    atEnd = true;
    draw(followed(getState(), END, true));
    goToEnd();
    onMove(atEnd);
  }

  /** While nobody looks, and where one comes, what they have not read stays before them. */
  function goToEnd(comes = document.hidden) {
    if (comes) draw(withNewLine(getState(), span));
    const line = comes ? list.nodeOf("new") : undefined;
    const below = line ? topOf(log, line) - ABOVE_NEW : Infinity;
    if (line === undefined || below > toGo(log)) {
      log.scrollTop = log.scrollHeight;
      lastTop = log.scrollTop; // who scrolls up before the browser has told of this leaves the end
      return;
    }
    log.scrollTop += below;
    atEnd = false;
    onMove(atEnd);
  }

  /**
   * To another room, where one was there; screen readers do not tell all that stands there.
   * @param {State} state
   */
  function turn(state) {
    const before = rooms.turn(state.room);
    span = before?.span ?? END;
    atEnd = before?.atEnd ?? true;
    last = lastOf(outboxIn(state))?.client_id ?? "";
    log.setAttribute("aria-live", "off");
    draw(followed(state, span, atEnd));
    if (atEnd) goToEnd(true);
    else list.scrollTo(before?.seen ?? null);
    lastTop = log.scrollTop;
    date.hide();
    setTimeout(() => update(getState()), QUIET);
  }

  /** @param {State} state */
  function update(state) {
    if (state.room !== rooms.shown()) {
      turn(state);
      if (atEnd !== state.atEnd) onMove(atEnd);
      return;
    }
    const own = lastOf(outboxIn(state))?.client_id;
    // What one has just written is what one wants to see.
    if (own !== undefined && own !== last) [span, atEnd] = [END, true];
    last = own ?? last;
    draw(followed(state, span, atEnd));
    // Until the history is in, a screen reader has nothing to announce; nor is what was said
    // before news, where it comes while one scrolls.
    const comes = state.joined && log.getAttribute("aria-busy") !== "false";
    if (comes) log.setAttribute("aria-busy", "false");
    log.setAttribute("aria-live", atEnd ? "polite" : "off");
    const { length } = state.messages;
    if (atEnd) goToEnd(comes || document.hidden);
    if (atEnd !== state.atEnd) onMove(atEnd);
    if (length > MOST_HELD) onTrim(span);
    else if (length > 0) goOn();
  }

  /**
   * Show this span of the state, and touch nothing where that is what stands there.
   * @param {Span} wanted
   */
  function draw(wanted) {
    span = wanted;
    const state = getState();
    const today = new Date();
    /** @type {Record<string, unknown>} */
    const fields = { ...state };
    const now = [...SHOWN.map((name) => fields[name]), span.from, span.to, today.toDateString()];
    if (drawn.length > 0 && now.every((value, index) => value === drawn[index])) return;
    drawn = now;
    list.place(rowsOf(state, span, today), !atEnd);
  }

  /**
   * Show the message with this id amid what was said around it. Where it is not there any more,
   * it promises false and shows the end, where one can be told so.
   * @param {number} id
   */
  async function jump(id) {
    if (!has(getState(), id)) await onLoad({ around: id });
    const state = getState();
    if (!has(state, id)) {
      toEnd();
      return false;
    }
    atEnd = false;
    if (nodeWith(id) === null) draw(around(state, id));
    onMove(atEnd);
    const node = nodeWith(id);
    if (node === null) return false;
    log.scrollTop += topOf(log, node) - (log.clientHeight - node.offsetHeight) / 2;
    node.tabIndex = -1;
    node.focus({ preventScroll: true });
    node.classList.add("message--flash");
    setTimeout(() => node.classList.remove("message--flash"), FLASH_FOR);
    return true;
  }

  return {
    ...{ update, jump },
    /** Another room is to be shown: note where the reader is, before anything moves. */
    leave: () => rooms.leave({ span, atEnd, seen: list.firstSeen() }),
    /**
     * Show how many messages wait below, once the reader is further up.
     * @param {number} unread
     */
    updateUnread(unread) {
      newest.hidden = atEnd;
      newest.classList.toggle("newest--news", unread > 0);
      const text = unread > 0 ? words.count("client.new_messages", unread) : "";
      setText(label, text);
      newest.setAttribute("aria-label", text || words.t("client.to_newest"));
    },
  };
}

/**
 * Where the reader was in each room that is not shown.
 * @param {string} room the one that is
 */
function makePlaces(room) {
  /** @typedef {{ span: Span, atEnd: boolean, seen: { key: string, top: number } | null }} At */
  /** @type {Map<string, At>} */
  const left = new Map();
  let shown = room;
  let since = -QUIET;
  return {
    shown: () => shown,
    leave: (/** @type {At} */ now) => left.set(shown, now),
    turn(/** @type {string} */ next) {
      shown = next;
      since = performance.now();
      return left.get(next);
    },
    /** Whether the reader has just come: it is not them who scrolls. */
    isNew: () => performance.now() - since < QUIET,
  };
}

/**
 * The span, or where the line "New" stands above all of it what is around that.
 * @param {State} state
 * @param {Span} span
 */
function withNewLine(state, span) {
  const at = newRowAt(state);
  if (at === null || at >= stretchOf(state, span).start) return span;
  return around(state, state.messages[at].id);
}

/**
 * @param {State} state
 * @param {number} id
 */
function has({ messages }, id) {
  return messages[indexFrom(messages, id)]?.id === id;
}

/**
 * How many pixels lie below what is seen.
 * @param {HTMLElement} log
 */
function toGo(log) {
  return log.scrollHeight - log.clientHeight - log.scrollTop;
}

/**
 * How many pixels below the log's beginning an element begins, as it is scrolled.
 * @param {HTMLElement} log
 * @param {HTMLElement} node
 */
function topOf(log, node) {
  return node.getBoundingClientRect().top - log.getBoundingClientRect().top;
}

/** @param {number} id */
function nodeWith(id) {
  return document.getElementById(`message-${id}`);
}

/**
 * @param {HTMLElement} rows
 * @param {(act: string, id: string) => void} onAct
 */
function onClick(rows, onAct) {
  rows.addEventListener("click", ({ target }) => {
    if (!(target instanceof HTMLElement)) return;
    const { act, draft } = target.dataset;
    if (act && draft) onAct(act, draft);
  });
}
