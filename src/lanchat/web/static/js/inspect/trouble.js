// Why nothing is seen, and what to do about it.

import { element } from "../dom.js";

/**
 * @param {HTMLElement} root
 * @param {{ words: Words, hurry: () => void }} options
 */
export function mountTrouble(root, { words, hurry }) {
  const text = element("p", "trouble__text");
  const again = element("button", "button button--soft", words.t("inspect.trouble.again"));
  const login = element("a", "button button--soft", words.t("inspect.trouble.log_in"));
  const chat = element("a", "button button--soft", words.t("inspect.trouble.chat"));
  again.type = "button";
  again.addEventListener("click", hurry);
  login.href = "./";
  chat.href = "chat";

  /** @param {"looking" | "polling" | "away" | "full" | "out" | "off"} is */
  function show(is) {
    root.hidden = is === "looking";
    if (is === "looking") return;
    text.textContent = words.t(`inspect.trouble.${is}`);
    const ways = { polling: [], away: [again], full: [again], out: [login], off: [chat] };
    root.replaceChildren(text, ...ways[is]);
  }

  return { show };
}
