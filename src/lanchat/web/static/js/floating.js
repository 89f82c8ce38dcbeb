// What stands beside the messages: the day that one is reading while the list moves, and what is
// said where there are none.

import { element, setText } from "./dom.js";

const DATE_FOR = 1_500; // milliseconds

/**
 * The day that one is reading, over the list while it moves.
 * @param {HTMLElement} log
 * @param {(date: Date) => string} dayOf
 */
export function floatingDate(log, dayOf) {
  const label = element("p", "floating-day");
  label.setAttribute("aria-hidden", "true");
  log.after(label);
  let timer = 0;

  function hide() {
    label.classList.remove("floating-day--shown");
  }

  /** @param {number | null} moment */
  function show(moment) {
    if (moment === null) return;
    setText(label, dayOf(new Date(moment)));
    label.classList.add("floating-day--shown");
    clearTimeout(timer);
    timer = window.setTimeout(hide, DATE_FOR);
  }

  return { show, hide };
}

/**
 * Shows or hides what stands there before the first message, with an address or "".
 * @param {HTMLElement} log
 * @param {{ words: Words }} options
 * @returns {(shown: boolean, address: string) => void}
 */
export function emptyRoom(log, { words }) {
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
