// No message is taller than the screen unless its reader asks: it shows its beginning, and a
// button the rest. What is tall depends on the screen and the letters, so it is measured.

import { element, setText } from "./dom.js";

const MOST = 0.8; // of the window's height; css/message.css says how much a folded one shows

/**
 * A function that folds those of these rows of the list that are too tall. It reads before it
 * writes: many rows cost one layout.
 * @param {{ words: Words }} options
 */
export function makeFold({ words }) {
  return (/** @type {HTMLElement[]} */ rows) => {
    const most = window.innerHeight * MOST;
    const tall = rows.filter((row) => heightOf(row) > most);
    for (const row of tall) fold(row);
  };

  /** @param {HTMLElement} row */
  function fold(row) {
    const text = row.querySelector(".message__text");
    if (text === null || row.querySelector(".message__unfold") !== null) return;
    const button = element("button", "message__unfold");
    button.type = "button";
    button.addEventListener("click", () => show(row, button, !isOpen(row)));
    text.after(button);
    show(row, button, isOpen(row));
  }

  /**
   * @param {HTMLElement} row
   * @param {HTMLElement} button
   * @param {boolean} open
   */
  function show(row, button, open) {
    row.classList.toggle("message--folded", !open);
    row.classList.toggle("message--unfolded", open);
    button.setAttribute("aria-expanded", String(open));
    setText(button, words.t(open ? "client.fold" : "client.unfold"));
  }
}

/**
 * Of what can be folded: pictures stay.
 * @param {HTMLElement} row
 */
function heightOf(row) {
  /** @type {HTMLElement | null} */
  const text = row.querySelector(".message--files .message__text");
  return (text ?? row).offsetHeight;
}

/** @param {HTMLElement} row */
function isOpen(row) {
  return row.classList.contains("message--unfolded");
}
