// How one gets to what can be done with a message: by its time or the menu key, by a bar beside the
// pointer, by a long touch or a swipe. What is offered there is loaded when it is needed.

import { whenNeeded } from "./page.js";

// Of a message, for the arrow keys.
const STOPS = ".message__time, .quoted, .pill, a.attachment, button.attachment";

/**
 * `loadMenus()` promises what js/actions.js mounts, or null; a quote leads to its message by `onJump(id)`, a
 * file is shown large by `onView(file, opener)`, a reaction that stands below a message is set or
 * taken back by `onReact(id, emoji)`.
 * @param {{ log: HTMLElement, rows: HTMLElement, place: HTMLElement }} elements
 * @param {{
 *   words: Words, loadMenus: () => Promise<MessageMenus | null>, onJump: (id: number) => void,
 *   onReact: (id: number, emoji: string) => void, onReply: (id: number) => void,
 *   onView: (file: string, opener: HTMLElement) => void,
 * }} options
 */
export function mountActing({ log, rows, place }, options) {
  const { words, loadMenus, onJump, onReact, onReply, onView } = options;

  /**
   * @param {"open" | "react"} which
   * @param {number} id
   * @param {HTMLElement} anchor
   */
  async function show(which, id, anchor) {
    (await loadMenus())?.[which](id, anchor);
  }

  rows.addEventListener("click", ({ target }) => {
    if (!(target instanceof Element)) return;
    const id = idOf(target);
    /** @type {HTMLElement | null} */
    const stop = target.closest(STOPS);
    if (stop === null || id === null) return;
    const { quoted, emoji, file } = stop.dataset;
    if (stop instanceof HTMLAnchorElement) return;
    if (file) onView(file, stop);
    else if (quoted) onJump(Number(quoted));
    else if (emoji) onReact(id, emoji);
    else show("open", id, stop);
  });
  rows.addEventListener("keydown", (event) => {
    const { target, key, shiftKey } = event;
    if (!(target instanceof HTMLElement) || !target.matches(STOPS)) return;
    const id = idOf(target);
    if (id !== null && (key === "ContextMenu" || (key === "F10" && shiftKey))) {
      event.preventDefault();
      show("open", id, timeOf(id) ?? target);
    } else if (key === "ArrowLeft" || key === "ArrowRight") {
      event.preventDefault();
      step(target, key === "ArrowRight" ? 1 : -1);
    }
  });

  const loadBar = whenNeeded(async () => {
    const { mountBar } = await import("./hoverbar.js");
    mountBar({ log, rows, place }, { words, onShow: show, onReply });
  });
  const loadGestures = whenNeeded(async () => {
    const { mountGestures } = await import("./gestures.js");
    mountGestures(rows, {
      onLong: (id) => show("open", id, timeOf(id) ?? log),
      onSwipe: onReply,
    });
  });
  // Until a mouse moves over a message nobody needs the bar.
  rows.addEventListener("pointerover", ({ pointerType }) => {
    if (pointerType === "mouse") loadBar();
  });
  rows.addEventListener("pointerdown", ({ pointerType }) => {
    if (pointerType === "touch") loadGestures();
  });
  if (matchMedia("(any-pointer: coarse)").matches) loadGestures();
}

/**
 * The id of the message that an element is in, once the server has given one.
 * @param {Element} node
 */
export function idOf(node) {
  const id = /^message-(\d+)$/.exec(node.closest(".message")?.id ?? "")?.[1];
  return id === undefined ? null : Number(id);
}

/**
 * @param {number} id
 * @returns {HTMLElement | null}
 */
function timeOf(id) {
  return document.querySelector(`#message-${id} .message__time`);
}

/**
 * To the next of a message's stops, or the one before.
 * @param {HTMLElement} stop
 * @param {number} by
 */
function step(stop, by) {
  /** @type {NodeListOf<HTMLElement> | undefined} */
  const found = stop.closest(".message")?.querySelectorAll(STOPS);
  const stops = [...(found ?? [])];
  stops[stops.indexOf(stop) + by]?.focus();
}
