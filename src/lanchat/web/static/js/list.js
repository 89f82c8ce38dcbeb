// The rows of the message list and their elements. Rows are compared, and only what changed is
// touched; what is being read stays where it is, whatever comes or goes around it.

import { lastOf } from "./dom.js";
import { sameRow } from "./rows.js";

const TIME = ".message__time";

/**
 * `place(rows, still)` makes the list's elements those of the rows; `still` is whether the first
 * message that can be seen has to stay where it is.
 * @param {{ log: HTMLElement, list: HTMLElement }} elements
 * @param {{
 *   renderer: { create: (row: Row) => HTMLElement, fill: (node: HTMLElement, row: Row) => void },
 *   foldTall: (nodes: HTMLElement[]) => void,
 * }} options
 */
export function mountList({ log, list }, { renderer, foldTall }) {
  /** @type {Map<string, { row: Row, node: HTMLElement }>} */
  const shown = new Map(); // by the row's key
  /** @type {WeakMap<Element, Row>} */
  const rowOf = new WeakMap();
  const roving = mountRoving(list);
  let owed = 0; // pixels that the list could not be scrolled up, while it stands at `owedAt`
  let owedAt = 0;

  /**
   * @param {readonly Row[]} rows
   * @param {boolean} still
   */
  function place(rows, still) {
    const stays = new Set(rows.map(({ key }) => key));
    const gone = [...shown].filter(([key]) => !stays.has(key));
    const anchor = still ? firstRead(new Set(gone.map(([, { node }]) => node))) : null;
    const before = topOfText(anchor);
    // What goes away goes first: then everything else stands where it belongs.
    for (const [key, { node }] of gone) {
      shown.delete(key);
      takeOut(node, list);
    }
    let cursor = list.firstElementChild;
    /** @type {HTMLElement | undefined} */
    let newest;
    /** @type {HTMLElement[]} */
    const touched = [];
    for (const row of rows) {
      const node = placed(row, touched);
      if (node === cursor) cursor = cursor.nextElementSibling;
      else list.insertBefore(node, cursor);
      if (row.kind === "message") newest = node;
    }
    foldTall(touched);
    // Not every browser keeps what is being read in its place when something goes above it.
    const moved = topOfText(anchor) - before;
    if (anchor !== null) hold(moved);
    roving.rest(newest);
  }

  /**
   * Scroll by what the reader's text has moved. At the top it cannot go up any more: what is missing
   * there is made good when something comes above it, as it does right after a gap is closed.
   * @param {number} moved
   */
  function hold(moved) {
    const at = log.scrollTop;
    const wanted = at + moved + (at === owedAt ? owed : 0);
    if (wanted !== at) log.scrollTop = wanted;
    owedAt = log.scrollTop;
    owed = Math.min(0, wanted);
  }

  /**
   * @param {Row} row
   * @param {HTMLElement[]} touched
   */
  function placed(row, touched) {
    const known = shown.get(row.key);
    const node = known?.node ?? renderer.create(row);
    if (known !== undefined && !sameRow(known.row, row)) renderer.fill(node, row);
    if (known === undefined || !sameRow(known.row, row)) touched.push(node);
    shown.set(row.key, { row, node });
    rowOf.set(node, row);
    return node;
  }

  /**
   * The first message that is seen and stays. Only messages keep their order among each other.
   * @param {ReadonlySet<Element>} gone
   */
  function firstRead(gone) {
    const { children } = list;
    const { top } = log.getBoundingClientRect();
    let [low, high] = [0, children.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (children[middle].getBoundingClientRect().bottom > top) high = middle;
      else low = middle + 1;
    }
    let node = children.item(low);
    while (node !== null && (gone.has(node) || rowOf.get(node)?.kind !== "message")) {
      node = node.nextElementSibling;
    }
    return node;
  }

  /** The moment of the first message that is seen, or null. */
  function firstMoment() {
    const node = firstRead(new Set());
    const row = node === null ? undefined : rowOf.get(node);
    return row?.kind === "message" ? row.moment : null;
  }

  /** Which message is seen first, and how far below the list's top. */
  function firstSeen() {
    const node = firstRead(new Set());
    const row = node === null ? undefined : rowOf.get(node);
    if (node === null || row === undefined) return null;
    return { key: row.key, top: topOfText(node) - log.getBoundingClientRect().top };
  }

  /**
   * Bring that message there again, if it is here.
   * @param {ReturnType<typeof firstSeen>} seen
   */
  function scrollTo(seen) {
    const node = seen && shown.get(seen.key)?.node;
    if (seen && node) log.scrollTop += topOfText(node) - log.getBoundingClientRect().top - seen.top;
  }

  return {
    place,
    firstMoment,
    firstSeen,
    scrollTo,
    nodeOf: (/** @type {string} */ key) => shown.get(key)?.node,
  };
}

/**
 * Where a message's text begins: above it the name goes where the group goes on further up, below
 * it reactions come.
 * @param {Element | null} node
 */
function topOfText(node) {
  const text = node?.querySelector(".message__text") ?? node;
  return text?.getBoundingClientRect().top ?? 0;
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
 * The list is one stop for the Tab key, and the arrow keys go from message to message.
 * @param {HTMLElement} list
 */
function mountRoving(list) {
  /** @type {HTMLElement | null} */
  let stop = null;
  list.addEventListener("keydown", walk);

  /**
   * The Tab key stops at this row, unless somebody is walking.
   * @param {HTMLElement | undefined} row
   */
  function rest(row) {
    const button = row?.querySelector(TIME);
    if (!(button instanceof HTMLElement) || button === stop) return;
    if (stop?.isConnected && stop === document.activeElement) return;
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

  return { rest };
}
