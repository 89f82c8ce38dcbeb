// Why nothing is seen, and what to do about it: here, and on the page of the whole class.

import { element } from "../dom.js";

/** @typedef {"looking" | "polling" | "away" | "full" | "out" | "off"} Looks */

/**
 * `why` says what is wrong, `again` stands on the button that tries at once, and `links` are other
 * ways out, for those of whom trying makes no sense.
 * @param {HTMLElement} root
 * @param {{
 *   why: (is: Looks) => string, again: string, hurry: () => void,
 *   links: Record<"out" | "off", { href: string, text: string }>,
 * }} options
 */
export function mountTrouble(root, { why, again, hurry, links }) {
  const text = element("p", "trouble__text");
  const now = element("button", "button button--soft", again);
  const link = element("a", "button button--soft");
  now.type = "button";
  now.addEventListener("click", hurry);

  /** @param {Looks} is */
  function show(is) {
    root.hidden = is === "looking";
    if (is === "looking") return;
    text.textContent = why(is);
    if (is === "out" || is === "off") {
      link.href = links[is].href;
      link.textContent = links[is].text;
      root.replaceChildren(text, link);
    } else root.replaceChildren(text, ...(is === "polling" ? [] : [now]));
  }

  return { show };
}
