// A host asks everybody to send something now (send_now): the note with the button for it is loaded
// with the first one.

import { whenNeeded } from "../page.js";
import { loadSheet } from "../sheets.js";

/**
 * @param {() => Promise<typeof import("./note.js")>} find loads the note
 * @param {CueMeans} options
 */
export function mountCue(find, options) {
  /** @type {State["cue"]} */
  let seen = null;
  const load = whenNeeded(async () => {
    const [{ mountCueNote }, texts] = await Promise.all([
      find(),
      fetch("texts/cue").then((answer) => answer.json()),
      loadSheet("page-cue"),
    ]);
    options.words.add(texts);
    return mountCueNote(options);
  });

  /** @param {Pick<State, "cue" | "you">} state */
  return async function update({ cue, you }) {
    if (cue === seen) return;
    seen = cue;
    if (cue !== null && cue.person.id !== you.id) (await load())?.show(cue);
  };
}
