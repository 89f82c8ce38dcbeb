// What leads to a message: a quote, what was found, or the page's address.

import { takeMessage } from "./page.js";
import { roomWith } from "./rooms/views.js";

/**
 * `tell(text)` says that it is not there any more.
 * @param {{
 *   words: Words, getState: () => State, dispatch: Dispatch, tell: (text: string) => void,
 *   timeline: () => Pick<ReturnType<typeof import("./timeline.js").mountTimeline>, "jump" | "update">,
 * }} options
 */
export function mountLinks({ words, getState, dispatch, tell, timeline }) {
  /**
   * To a message, in whatever room it was said.
   * @param {number} id
   * @param {string} [room] the one that has it, as far as it is known
   */
  async function jump(id, room = roomWith(getState(), id) ?? getState().room) {
    if (room !== getState().room) {
      dispatch({ type: "roomChosen", room });
      timeline().update(getState());
    }
    if (!(await timeline().jump(id))) tell(words.t("client.message_gone"));
  }

  /** A link to a message (#message-41) leads to it, also where the page is open already. */
  async function follow() {
    const link = getState().joined ? takeMessage() : null;
    if (link !== null) await jump(link.id, link.room);
  }

  window.addEventListener("hashchange", follow);
  return { jump, follow };
}
