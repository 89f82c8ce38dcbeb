// What stands where the talk of a room begins: who is in it, and of a private one who can read it.

import { element, setText } from "../dom.js";
import { isGap } from "../window.js";
import { shownRoom } from "./lists.js";

/**
 * @param {HTMLElement} rows of the list, before which it stands
 * @param {{ words: Words, signs: RoomSigns }} options
 * @returns {Part}
 */
export function mountIntro(rows, { words, signs }) {
  const title = element("p", "room-intro__title");
  const text = element("p", "room-intro__text");
  const intro = element("div", "room-intro", title, text);
  intro.hidden = true;
  rows.before(intro);

  /** @type {Part["update"]} */
  function update(state) {
    const room = shownRoom(state);
    const { kind } = room;
    // What is missing before the first message may come: that is not where it begins.
    const begins = kind !== "main" && state.joined && !isGap(state, 0);
    if (intro.hidden === begins) intro.hidden = !begins;
    if (!begins) return;
    const name = signs.name(room);
    setText(title, name);
    setText(text, words.t(`rooms.intro.${kind}`, { name }));
  }

  return { update };
}
