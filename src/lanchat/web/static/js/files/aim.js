// What lies over the page while somebody drags files over it: that they may let go.

import { element, setText } from "../dom.js";

/** A function that shows these words, or nothing where there are none. */
export function mountAim() {
  const text = element("p", "aim__text");
  const node = element("div", "aim", text);
  node.hidden = true;
  document.body.append(node);
  return (/** @type {string} */ words) => {
    setText(text, words);
    node.hidden = words === "";
  };
}
