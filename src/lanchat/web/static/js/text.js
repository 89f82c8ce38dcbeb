// A message's text as nodes: links and `code`, everything else as it was typed.

import { find } from "../vendor/linkify.mjs";
import { element } from "./dom.js";

const CODE = /```\n?([\s\S]+?)\n?```|`([^`\n]+)`/g;
const MAY_LINK = /https?:\/\/|www\./i;
// linkify also takes `main.py` for an address (Paraguay): only what was meant as one counts.
const MEANT = /^(https?:\/\/|www\.)/i;

/** A fragment that shows the text. */
export function textNodes(text) {
  const fragment = document.createDocumentFragment();
  let at = 0;
  for (const match of text.matchAll(CODE)) {
    appendLinked(fragment, text.slice(at, match.index));
    const [whole, block, inline] = match;
    const className = block === undefined ? "code" : "code code--block";
    fragment.append(element("code", className, block ?? inline));
    at = match.index + whole.length;
  }
  appendLinked(fragment, text.slice(at));
  return fragment;
}

function appendLinked(fragment, text) {
  let at = 0;
  if (MAY_LINK.test(text)) {
    for (const { start, end, href, value } of find(text, "url")) {
      if (!MEANT.test(value) || !/^https?:\/\//i.test(href)) continue;
      fragment.append(text.slice(at, start), link(href, value));
      at = end;
    }
  }
  fragment.append(text.slice(at));
}

function link(href, label) {
  const node = element("a", "", label);
  node.href = href;
  node.target = "_blank";
  node.rel = "noopener";
  return node;
}
