// What leads to a message: a quote, what was found, or the page's address.

import { takeMessage } from "./page.js";
import { roomWith } from "./rooms/views.js";

/**
 * `render()` lets the page be drawn at once, `jump(id)` promises whether the room that is shown has
 * the message; `tell(text)` says that it is not there any more.
 * @param {{
 *   words: Words, getState: () => State, dispatch: Dispatch, tell: (text: string) => void,
 *   render: () => void, jump: (id: number) => Promise<boolean>,
 * }} options
 */
export function mountLinks({ words, getState, dispatch, tell, render, jump }) {
  /**
   * To a message, in whatever room it was said.
   * @param {number} id
   * @param {string} [room] the one that has it, as far as it is known
   */
  async function go(id, room = roomWith(getState(), id) ?? getState().room) {
    if (room !== getState().room) {
      dispatch({ type: "roomChosen", room });
      render();
    }
    if (!(await jump(id))) tell(words.t("client.message_gone"));
  }

  /** A link to a message (#message-41) leads to it, also where the page is open already. */
  async function follow() {
    const link = getState().joined ? takeMessage() : null;
    if (link !== null) await go(link.id, link.room);
  }

  window.addEventListener("hashchange", follow);
  return { jump: go, follow };
}
