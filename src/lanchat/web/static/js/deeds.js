// What one does with messages, as far as the server has to know: sends, edits, reacts, deletes. What
// is refused is said, and the page goes back to what holds.

import { mentionable, mentionsIn } from "./mentions.js";
import { closePollRequest, voteRequest } from "./polls/requests.js";
import { deleteRequest, editRequest, newClientId, reactRequest } from "./protocol.js";
import { inOwnZone } from "./words.js";

/**
 * `ask(request)` promises the server's answer, or null; `confirmed(question, deed)` whether it was
 * meant; `tell(text)` says something to the reader alone.
 * @param {{
 *   words: Words, times: Times, getState: () => State, dispatch: Dispatch,
 *   socket: Pick<ReturnType<typeof import("./socket.js").openSocket>, "ask" | "send">,
 *   confirmed: (question: string, deed: string) => Promise<boolean>, tell: (text: string) => void,
 * }} options
 */
export function makeDeeds({ words, times, getState, dispatch, socket, confirmed, tell }) {
  /**
   * What was wrong, or "".
   * @param {{ ok: true } | { ok: false, error: Refusal } | null} answer
   */
  function wrongIn(answer) {
    if (answer?.ok) return "";
    return inOwnZone(answer?.error.message ?? words.t("client.no_connection"), times);
  }

  /**
   * @param {string} text
   * @param {{ quoted?: Quoted | undefined, files?: readonly DraftFile[] | undefined }} [more] what
   *   it answers, and what goes along
   */
  function post(text, { quoted, files } = {}) {
    const mentions = mentionsIn(text, mentionable(getState()));
    const references = {
      ...(quoted && { quoted }),
      ...(mentions.length > 0 && { mentions }),
      ...(files && { files }),
    };
    dispatch({ type: "draftQueued", draft: { client_id: newClientId(), text, ...references } });
    socket.send();
  }

  /**
   * @param {number} id
   * @param {string} text
   */
  async function edit(id, text) {
    const mentions = mentionsIn(text, mentionable(getState()));
    return wrongIn(await socket.ask(editRequest(id, text, mentions)));
  }

  /**
   * Set a reaction, or take it back.
   * @param {number} id
   * @param {string} emoji
   */
  async function react(id, emoji) {
    const { mine, reacting } = getState();
    const chosen = reacting[id]?.find((one) => one.emoji === emoji);
    const on = !(chosen?.on ?? mine[id]?.reactions?.includes(emoji) ?? false);
    dispatch({ type: "reactionChosen", id, emoji, on });
    const wrong = wrongIn(await socket.ask(reactRequest(id, emoji, on)));
    dispatch({ type: "reactionSettled", id, emoji, on });
    tell(wrong);
  }

  /**
   * Choose an option of a poll, or none any more.
   * @param {number} id
   * @param {number | null} option
   */
  async function vote(id, option) {
    dispatch({ type: "voteChosen", id, option });
    const wrong = wrongIn(await socket.ask(voteRequest(id, option)));
    dispatch({ type: "voteSettled", id, option });
    tell(wrong);
  }

  /** @param {number} id */
  async function closePoll(id) {
    const deed = words.t("client.poll.close");
    if (await confirmed(words.t("client.poll.sure"), deed)) {
      tell(wrongIn(await socket.ask(closePollRequest(id))));
    }
  }

  /** @param {number} id */
  async function erase(id) {
    const meant = await confirmed(words.t("client.sure.delete"), words.t("client.action.delete"));
    if (meant) tell(wrongIn(await socket.ask(deleteRequest(id))));
  }

  return { post, edit, react, vote, closePoll, erase };
}
