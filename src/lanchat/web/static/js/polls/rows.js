// Polls as messages of the list: each keeps its element, so that its bars grow and who votes by keys
// stays where they are.

import { makePoll } from "./poll.js";

/**
 * A function that shows the poll of a row in its element, in place of the words.
 * @param {PollOptions} options
 */
export function makePollRows(options) {
  /** @type {WeakMap<HTMLElement, { id: number } & ReturnType<typeof makePoll>>} */
  const made = new WeakMap();

  /**
   * @param {HTMLElement} node
   * @param {MessageRow} row
   */
  return function draw(node, { draft, message, vote, hosting }) {
    if (draft !== null || message.poll === undefined) return;
    const { id, poll } = message;
    let shown = made.get(node);
    if (shown?.id !== id || !node.contains(shown.node)) {
      shown?.node.remove();
      shown = { id, ...makePoll(id, poll, options) };
      made.set(node, shown);
      node.querySelector(".message__text")?.after(shown.node);
      node.classList.add("message--poll");
    }
    shown.update({ poll, vote, hosting });
  };
}
