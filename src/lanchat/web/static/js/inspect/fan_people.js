// To whom a message went: a dot for each connection, without names. And with what it was stored.

import { element, setText } from "../dom.js";
import { dotsOf } from "./steps.js";

/**
 * @param {HTMLElement} root
 * @param {{ words: Words }} options
 */
export function mountPeople(root, { words }) {
  const t = (/** @type {string} */ key, /** @type {Params} */ params = {}) =>
    words.t(`inspect.fan.${key}`, params);
  const heading = (/** @type {string} */ key) => element("h2", "fan__heading", t(key));
  const told = element("p", "fan__told");
  const dots = element("div", "dots");
  const [each, waiting, joined, together] = [0, 1, 2, 3].map(() => element("p", "fan__hint"));
  const question = element("summary", "", t("why"));
  const why = element("details", "fan__why", question, element("p", "", t("why.answer")));

  dots.setAttribute("aria-hidden", "true");
  root.append(heading("people"), told, dots, each, waiting, joined);
  root.append(heading("commit"), together, why);

  /** @param {Inspect.Fan} fan */
  function update(fan) {
    const { count, waiting: late, each: stands } = dotsOf(fan);
    setText(told, words.count("inspect.fan.connections", fan.connections));
    each.hidden = stands === 1;
    setText(each, t("each", { count: stands }));
    waiting.hidden = fan.waiting === 0;
    setText(waiting, words.count("inspect.fan.waiting", fan.waiting));
    setText(joined, joinedText(fan.joined));
    setText(together, togetherText(fan.together));
    why.hidden = fan.together === null;
    dots.replaceChildren(
      ...Array.from({ length: count }, (_, place) => {
        const dot = element("span", `dots__one${place < count - late ? "" : " dots__one--waits"}`);
        dot.style.setProperty("--place", String(count > 1 ? place / (count - 1) : 0));
        return dot;
      }),
    );
  }

  /** @param {number} frames */
  function joinedText(frames) {
    return frames > 1 ? words.count("inspect.fan.joined", frames - 1) : t("alone");
  }

  /** @param {number | null} changes */
  function togetherText(changes) {
    if (changes === null) return t("commit_unknown");
    if (changes > 1) return words.count("inspect.fan.together", changes - 1);
    return t("commit_alone");
  }

  return { update };
}
