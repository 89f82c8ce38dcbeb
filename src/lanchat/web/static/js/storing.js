// What the server could not store goes out by itself when it can: its disk was full, or its database
// away, and many wait for it.

import { unstored } from "./outbox.js";

const AGAIN_AFTER = 3_000; // milliseconds, up to twice as long: not all at the same time

/**
 * Try again what was refused, oldest first, until it is refused once more. It is shown as refused
 * meanwhile: its author can try at once, edit or discard it. `isReady` says whether anything may be
 * sent now, `post` whether a message was stored.
 * @param {{
 *   getState: () => State, isReady: () => boolean, post: (draft: Draft) => Promise<boolean>,
 * }} options
 */
export function makeStorer({ getState, isReady, post }) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  function later() {
    timer ??= setTimeout(again, AGAIN_AFTER * (1 + Math.random()));
  }

  async function again() {
    timer = undefined;
    let draft = unstored(getState());
    while (draft !== undefined) {
      if (!isReady() || !(await post(draft))) {
        later();
        return;
      }
      draft = unstored(getState());
    }
  }

  return { later };
}
