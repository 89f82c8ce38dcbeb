// The message list. An update compares rows and touches only what changed, so that a message
// more costs one element, not the list. The list stays at its end while the reader is there,
// and stands still while the reader is further up.

import { element, lastOf, setText } from "./dom.js";
import { makeFold } from "./fold.js";
import { opensElsewhere } from "./invite.js";
import { makeRenderer } from "./message.js";
import { rowsOf, sameRow } from "./rows.js";

const NEAR = 80; // pixels from the end that still count as being there
const MOST_ROWS = 3_000;
const KEPT_ROWS = 2_000;
const TIME = ".message__time";

/**
 * `onAct(act, id)` is a click below a failed message, by its client_id, or on the deletion of
 * another one; `onRead()` follows the reader.
 * @param {{
 *   log: HTMLElement, rows: HTMLElement, newest: HTMLElement, label: HTMLElement,
 * }} elements
 * @param {{
 *   words: Words, times: Times, mayDelete: () => boolean,
 *   onAct: (act: string, id: string) => void, onRead: () => void, onTrim: (kept: number) => void,
 * }} options
 */
export function mountTimeline({ log, rows: list, newest, label }, options) {
  const { words, onAct, onRead, onTrim } = options;
  const renderer = makeRenderer(options);
  const foldTall = makeFold(options);
  const empty = emptyRoom(log, { words });
  /** @type {Map<string, { row: Row, node: HTMLElement }>} */
  const shown = new Map(); // by the row's key
  let atEnd = true;
  let lastTop = 0;
  let last = "";

  log.addEventListener("scroll", follow, { passive: true });
  // A keyboard that opens makes the log smaller, details that open make the list longer.
  const resized = new ResizeObserver(() => atEnd && toEnd());
  resized.observe(log);
  resized.observe(list);
  newest.addEventListener("click", () => {
    toEnd();
    onRead();
  });
  list.addEventListener("click", ({ target }) => {
    if (!(target instanceof HTMLElement)) return;
    const { act, draft, message } = target.dataset;
    if (act) onAct(act, draft ?? message ?? "");
  });
  list.addEventListener("keydown", walk);

  function follow() {
    const was = atEnd;
    const top = log.scrollTop;
    // Only who scrolls up leaves the end: it also moves away when the log becomes smaller.
    if (log.scrollHeight - log.clientHeight - top < NEAR) atEnd = true;
    else if (top < lastTop) atEnd = false;
    lastTop = top;
    if (atEnd !== was) onRead();
  }

  function toEnd() {
    log.scrollTop = log.scrollHeight;
    lastTop = log.scrollTop; // who scrolls up before the browser has told of this leaves the end, too
    atEnd = true;
  }

  /** @param {State} state */
  function update(state) {
    const rows = rowsOf(state);
    const own = lastOf(state.outbox)?.client_id;
    place(rows);
    // Until the history is in, a screen reader has nothing to announce.
    if (state.joined) log.setAttribute("aria-busy", "false");
    const { inviteUrl } = state.invite;
    const address = opensElsewhere(inviteUrl) ? inviteUrl : "";
    empty(state.joined && rows.every(({ kind }) => kind !== "message"), address);
    // What one has just written is what one wants to see.
    if (atEnd || (own !== undefined && own !== last)) toEnd();
    last = own ?? last;
    if (atEnd && state.messages.length > MOST_ROWS) onTrim(KEPT_ROWS);
  }

  /** @param {Row[]} rows */
  function place(rows) {
    const stays = new Set(rows.map(({ key }) => key));
    const gone = [...shown].filter(([key]) => !stays.has(key));
    const anchor = atEnd ? null : firstRead(log, list, new Set(gone.map(([, { node }]) => node)));
    const before = anchor?.getBoundingClientRect().top ?? 0;
    // What goes away goes first: then everything else stands where it belongs.
    for (const [key, { node }] of gone) {
      shown.delete(key);
      takeOut(node, list);
    }
    let cursor = list.firstElementChild;
    /** @type {HTMLElement | undefined} */
    let newestMessage;
    /** @type {HTMLElement[]} */
    const touched = [];
    for (const row of rows) {
      const { node } = placed(row, touched);
      if (node === cursor) cursor = cursor.nextElementSibling;
      else list.insertBefore(node, cursor);
      if (row.kind === "message") newestMessage = node;
    }
    foldTall(touched);
    // Not every browser keeps what is being read in its place when something goes above it.
    const moved = (anchor?.getBoundingClientRect().top ?? 0) - before;
    if (moved !== 0) log.scrollTop += moved;
    const button = newestMessage?.querySelector(TIME);
    if (button instanceof HTMLElement) rove(button);
  }

  /**
   * @param {Row} row
   * @param {HTMLElement[]} touched
   */
  function placed(row, touched) {
    const known = shown.get(row.key);
    if (known === undefined) {
      const made = { row, node: renderer.create(row) };
      shown.set(row.key, made);
      touched.push(made.node);
      return made;
    }
    if (!sameRow(known.row, row)) {
      renderer.fill(known.node, row);
      touched.push(known.node);
    }
    known.row = row;
    return known;
  }

  // The list is one stop for the Tab key; the arrow keys go from message to message.
  /** @type {HTMLElement | null} */
  let stop = null;

  /** @param {HTMLElement} button */
  function rove(button) {
    if (button === stop || (stop !== null && stop === document.activeElement)) return;
    if (stop !== null) stop.tabIndex = -1;
    stop = button;
    stop.tabIndex = 0;
  }

  /** @param {KeyboardEvent} event */
  function walk(event) {
    const buttons = timeButtons(list);
    const at = buttons.findIndex((button) => button === event.target);
    if (at < 0) return;
    /** @type {Record<string, HTMLElement | undefined>} */
    const ways = {
      ArrowUp: buttons[at - 1],
      ArrowDown: buttons[at + 1],
      Home: buttons[0],
      End: lastOf(buttons),
    };
    const next = ways[event.key];
    if (next === undefined) return;
    event.preventDefault();
    buttons[at].tabIndex = -1;
    stop = next;
    stop.tabIndex = 0;
    stop.focus();
  }

  /**
   * Show how many messages wait below, once the reader is further up.
   * @param {number} unread
   */
  function updateUnread(unread) {
    newest.hidden = atEnd;
    newest.classList.toggle("newest--news", unread > 0);
    const text = unread > 0 ? words.count("client.new_messages", unread) : "";
    setText(label, text);
    newest.setAttribute("aria-label", text || words.t("client.to_newest"));
  }

  return { update, updateUnread, atEnd: () => atEnd };
}

/**
 * The first row that is seen and stays.
 * @param {HTMLElement} log
 * @param {HTMLElement} list
 * @param {Set<Element>} gone
 */
function firstRead(log, list, gone) {
  const { children } = list;
  const { top } = log.getBoundingClientRect();
  let [low, high] = [0, children.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (children[middle].getBoundingClientRect().bottom > top) high = middle;
    else low = middle + 1;
  }
  let row = children.item(low);
  while (row !== null && gone.has(row)) row = row.nextElementSibling;
  return row;
}

/**
 * Remove a row; the focus that was in it goes on to the next message, or the one before.
 * @param {HTMLElement} row
 * @param {HTMLElement} list
 */
function takeOut(row, list) {
  const held = row.contains(document.activeElement);
  const buttons = held ? timeButtons(list) : [];
  const at = buttons.findIndex((button) => row.contains(button));
  row.remove();
  (buttons[at + 1] ?? buttons[at - 1])?.focus({ preventScroll: true });
}

/** @param {HTMLElement} list */
function timeButtons(list) {
  /** @type {NodeListOf<HTMLElement>} */
  const found = list.querySelectorAll(TIME);
  return [...found];
}

/**
 * Shows or hides what stands there before the first message, with an address or "".
 * @param {HTMLElement} log
 * @param {{ words: Words }} options
 * @returns {(shown: boolean, address: string) => void}
 */
function emptyRoom(log, { words }) {
  const text = element("p", "empty__text");
  const place = element("p", "empty__address");
  const title = element("p", "empty__title", words.t("client.empty_title"));
  const note = element("div", "empty", title, text, place);
  note.hidden = true;
  log.prepend(note);
  return (shown, address) => {
    if (note.hidden === shown) note.hidden = !shown;
    setText(text, words.t(address ? "client.empty_text" : "client.empty_text_alone"));
    setText(place, address);
    place.hidden = address === "";
  };
}
