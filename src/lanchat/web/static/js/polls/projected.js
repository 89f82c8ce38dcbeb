// The newest poll that is open, for the last row; when it is closed its result stays for a while.

import { lastOf } from "../dom.js";
import { makePoll } from "./poll.js";

const RESULT_FOR = 120_000; // milliseconds

/**
 * `changed(message)` is told of every message that has changed; `onEnd()` is called when a result has
 * been shown for long enough.
 * @param {HTMLElement} place
 * @param {{ words: Words, onEnd: () => void }} options
 */
export function mountProjectedPoll(place, { words, onEnd }) {
  /** @type {({ id: number } & ReturnType<typeof makePoll>) | null} */
  let shown = null;
  /** @type {{ id: number, poll: Poll } | null} */
  let result = null;
  let timer = 0;

  /** @param {Message} message */
  function changed({ id, poll, deleted }) {
    if (id !== shown?.id && id !== result?.id) return;
    result = !deleted && poll?.closed ? { id, poll } : null;
    clearTimeout(timer);
    timer = window.setTimeout(() => {
      result = null;
      onEnd();
    }, RESULT_FOR);
  }

  /** @type {Part["update"]} */
  function update({ pins }) {
    const open = lastOf(pins.filter(({ poll }) => poll && !poll.closed));
    const { id, poll } = open ?? result ?? {};
    place.hidden = poll === undefined;
    place.closest(".projector")?.classList.toggle("projector--poll", !place.hidden);
    if (id === undefined || poll === undefined) {
      shown = null;
      return;
    }
    if (shown?.id !== id) {
      shown = { id, ...makePoll(id, poll, { words }) };
      place.replaceChildren(shown.node);
      // The style sheet makes the letters as large as so many lines can be.
      place.style.setProperty("--options", String(poll.options.length));
    }
    shown.update({ poll });
  }

  return { changed, update };
}
