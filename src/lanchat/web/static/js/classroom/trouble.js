// Why nothing is seen, and what to do about it.

import { element } from "../dom.js";

/**
 * @param {HTMLElement} root
 * @param {{ words: Words, hurry: () => void }} options
 */
export function mountTrouble(root, { words, hurry }) {
  const text = element("p", "trouble__text");
  const again = element("button", "button button--soft", words.t("class.trouble.again"));
  const chat = element("a", "button button--soft", words.t("class.trouble.chat"));
  again.type = "button";
  again.addEventListener("click", hurry);
  chat.href = "../chat";

  /** @param {"looking" | "away" | "full" | "out" | "off"} is */
  function show(is) {
    root.hidden = is === "looking";
    if (is === "looking") return;
    text.textContent = words.t(`class.trouble.${is}`);
    root.replaceChildren(text, is === "away" || is === "full" ? again : chat);
  }

  return { show };
}
