// "Everybody send now": the button, and what has come of it.

import { setText } from "../dom.js";
import { figuresOf } from "./room.js";

/**
 * @param {{
 *   form: HTMLFormElement, text: HTMLInputElement, button: HTMLButtonElement, result: HTMLElement,
 * }} elements
 * @param {{
 *   words: Words, lang: string, ask: ReturnType<typeof import("../socket.js").openSocket>["ask"],
 * }} options
 */
export function mountAsking({ form, text, button, result }, { words, lang, ask }) {
  const seconds = new Intl.NumberFormat(lang, {
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
  });
  let refusal = "";

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    const answer = await ask(["send_now", { text: text.value.trim() || "👋" }]);
    button.disabled = false;
    refusal = answer?.ok ? "" : (answer?.error.message ?? words.t("class.no_connection"));
    setText(result, refusal);
  });

  /** @param {Classroom.Round | null} round */
  function update(round) {
    if (refusal !== "") return;
    setText(result, round === null ? "" : told(round));
  }

  /** @param {Classroom.Round} round */
  function told(round) {
    const { sent, expected, apart, copies, within } = figuresOf(round);
    const parts = [words.t("class.sent", { sent, expected })];
    if (sent > 1) parts.push(words.t("class.apart", { seconds: seconds.format(apart) }));
    if (copies > 0) {
      parts.push(words.count("class.copies", copies, { seconds: seconds.format(within) }));
    }
    return parts.join(" · ");
  }

  return { update };
}
