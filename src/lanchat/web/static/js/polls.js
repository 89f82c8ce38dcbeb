// Polls in the message list. What draws them is loaded with the first one; until it is there, the
// message says in words what is asked.

import { whenNeeded } from "./page.js";
import { loadSheet } from "./sheets.js";

/**
 * A function that shows the poll of a row, if it is one, in its element.
 * @param {PollOptions} options
 */
export function makePolls(options) {
  /** @type {((node: HTMLElement, row: MessageRow) => void) | null} */
  let draw = null;
  /** @type {Map<HTMLElement, MessageRow>} */
  const waiting = new Map();

  const load = whenNeeded(async () => {
    const [{ makePollRows }] = await Promise.all([
      import("./polls/rows.js"),
      loadSheet("page-polls"),
    ]);
    draw = makePollRows(options);
    for (const [node, row] of waiting) draw(node, row);
    waiting.clear();
  });

  /**
   * @param {HTMLElement} node
   * @param {MessageRow} row
   */
  return function fill(node, row) {
    if (row.draft !== null || row.message.poll === undefined) return;
    if (draw === null) {
      waiting.set(node, row);
      load();
    } else draw(node, row);
  };
}
