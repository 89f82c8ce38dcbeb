// Whether somebody reads: a page that is hidden, or not in front, is not read.

import { keep } from "./page.js";
import { LOBBY, viewIn } from "./rooms/views.js";

/** Where one had stopped, by who one was then.
 * @type {Kept<readonly [user: string, id: number]>}
 */
const kept = keep("localStorage", "lanchat.read");

/**
 * The newest message that this user had read when the page was closed; null where that is unknown.
 * @param {User} user
 */
export function readUpTo({ id }) {
  const [reader, upTo] = kept.load() ?? ["", null];
  return reader === id ? upTo : null;
}

/**
 * Follows the page, and by the function that it returns whether its reader is at the end.
 * @param {{ getState: () => State, dispatch: Dispatch }} options
 */
export function mountAttention({ getState, dispatch }) {
  function attend(atEnd = getState().atEnd) {
    const here = !document.hidden && document.hasFocus();
    const { here: was, atEnd: before } = getState();
    if (here !== was || atEnd !== before) dispatch({ type: "attentionChanged", here, atEnd });
  }

  function save() {
    const state = getState();
    const upTo = viewIn(state, LOBBY)?.readUpTo ?? null;
    if (upTo !== null) kept.save([state.you.id, upTo]);
  }

  document.addEventListener("visibilitychange", () => {
    attend();
    save();
  });
  window.addEventListener("focus", () => attend());
  window.addEventListener("blur", () => attend());
  window.addEventListener("pagehide", save);
  attend();
  return attend;
}
