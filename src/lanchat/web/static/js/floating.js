// What stands beside the messages: the day that one is reading while the list moves.

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
