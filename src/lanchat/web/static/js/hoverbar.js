// A bar beside the message that the mouse is over: react, reply, and all else. It stands outside of
// the list, so that screen readers are not told of it, and one is enough for all messages.

import { idOf } from "./acting.js";
import { element, icon } from "./dom.js";

const OVER = 18; // pixels that it stands above the bubble's edge

/**
 * `place` is around the log, and what the bar stands in.
 * @param {{ log: HTMLElement, rows: HTMLElement, place: HTMLElement }} elements
 * @param {{
 *   words: Words, onReply: (id: number) => void,
 *   onShow: (which: "open" | "react", id: number, anchor: HTMLElement) => void,
 * }} options
 */
export function mountBar({ log, rows, place }, { words, onShow, onReply }) {
  let current = 0;
  const bar = element(
    "div",
    "hover-bar",
    button("smile", "client.react", (node) => onShow("react", current, node)),
    button("reply", "client.reply", () => {
      hide(); // the composer becomes higher, and the message moves
      onReply(current);
    }),
    button("more", "client.more", (node) => onShow("open", current, node)),
  );
  bar.hidden = true;
  place.append(bar);

  /**
   * @param {string} symbol
   * @param {string} key
   * @param {(button: HTMLElement) => void} onPress
   */
  function button(symbol, key, onPress) {
    const node = element("button", "hover-bar__act", icon(symbol));
    node.type = "button";
    node.tabIndex = -1; // by the keyboard all of it is in the menu
    node.title = words.t(key);
    node.setAttribute("aria-label", words.t(key));
    node.addEventListener("click", () => onPress(node));
    return node;
  }

  /** @param {Element} message */
  function show(message) {
    const id = idOf(message);
    const bubble = message.querySelector(".message__bubble");
    if (id === null || bubble === null) {
      hide();
      return;
    }
    current = id;
    bar.hidden = false;
    const around = place.getBoundingClientRect();
    const { top, left, right } = bubble.getBoundingClientRect();
    const width = bar.offsetWidth;
    const wanted = message.classList.contains("message--mine") ? right - width : right - OVER;
    const most = around.right - width - OVER;
    const from = Math.max(left, Math.min(wanted, most));
    bar.style.left = `${from - around.left}px`;
    bar.style.top = `${Math.max(0, top - around.top - OVER)}px`;
  }

  function hide() {
    bar.hidden = true;
  }

  rows.addEventListener("pointerover", ({ target, pointerType }) => {
    if (pointerType !== "mouse" || !(target instanceof Element)) return;
    const message = target.closest(".message");
    if (message !== null && (bar.hidden || idOf(message) !== current)) show(message);
  });
  place.addEventListener("pointerleave", () => {
    if (!bar.contains(document.activeElement)) hide();
  });
  bar.addEventListener("focusout", ({ relatedTarget }) => {
    if (!bar.matches(":hover") && !(relatedTarget instanceof Node && bar.contains(relatedTarget))) {
      hide();
    }
  });
  log.addEventListener("scroll", hide, { passive: true });
}
