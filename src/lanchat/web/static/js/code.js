// A block of code: its language, a button that copies it, and its colours. It scrolls sideways; of
// a long one only the beginning is shown at first.

import { tokensOf } from "./colours.js";
import { copyText } from "./clipboard.js";
import { element, setText } from "./dom.js";

const MANY_LINES = 20;

/**
 * @param {CodeBlock} block
 * @param {Words} words
 */
export function codeBlock({ text, language }, words) {
  const code = element("code", "", text);
  const scroller = element("pre", "code code--block", code);
  scroller.tabIndex = 0; // to be scrolled by keys
  scroller.setAttribute("role", "group");
  scroller.setAttribute("aria-label", words.t("client.code"));
  const copy = button("code-block__act", words.t("client.copy_code"));
  copy.addEventListener("click", async () => {
    setText(
      copy,
      words.t((await copyText(text)) ? "client.copied_code" : "client.copy_code_failed"),
    );
    setTimeout(() => setText(copy, words.t("client.copy_code")), 2_000);
  });
  const label = element("span", "code-block__language", language);
  const block = element(
    "div",
    "code-block",
    element("div", "code-block__bar", label, copy),
    scroller,
  );
  block.dir = "ltr"; // whatever goes on around it
  const lines = text.split("\n").length;
  if (lines > MANY_LINES) block.append(folded(scroller, lines, words));
  colour(code, text, language);
  return block;
}

/**
 * Fold it; the button that shows all of it.
 * @param {HTMLElement} scroller
 * @param {number} lines
 * @param {Words} words
 */
function folded(scroller, lines, words) {
  const unfold = button("code-block__act", "");
  const show = (/** @type {boolean} */ all) => {
    scroller.classList.toggle("code--folded", !all);
    unfold.setAttribute("aria-expanded", String(all));
    setText(unfold, all ? words.t("client.fold") : words.count("client.unfold_code", lines));
  };
  unfold.addEventListener("click", () => show(scroller.classList.contains("code--folded")));
  show(false);
  return unfold;
}

/**
 * @param {HTMLElement} code
 * @param {string} text
 * @param {string} language
 */
async function colour(code, text, language) {
  const tokens = await tokensOf(text, language);
  if (tokens === null) return;
  const parts = tokens.map(([part, type]) =>
    type ? element("span", `token--${type}`, part) : part,
  );
  code.replaceChildren(...parts);
}

/**
 * @param {string} name
 * @param {string} label
 */
function button(name, label) {
  const node = element("button", name, label);
  node.type = "button";
  return node;
}
