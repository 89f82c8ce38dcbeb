// A message's text as nodes: links and `code`, everything else as it was typed.

import { find } from "../vendor/linkify.mjs";
import { localAddresses } from "./addresses.js";
import { element } from "./dom.js";

/**
 * A part of a text. Only a link has an `href`.
 * @typedef {{ kind: "text" | "link" | "code" | "block", text: string, href?: string }} TextPart
 */

const CODE = /```\n?([\s\S]+?)\n?```|`([^`\n]+)`/g;
const MAY_LINK = /https?:\/\/|www\./i;
// linkify also takes `main.py` for an address (Paraguay): only what was meant as one counts.
const MEANT = /^(https?:\/\/|www\.)/i;

/**
 * The text's parts in their order.
 * @param {string} text
 */
export function partsOf(text) {
  /** @type {TextPart[]} */
  const parts = [];
  let at = 0;
  for (const match of text.matchAll(CODE)) {
    parts.push(...linkedParts(text.slice(at, match.index)));
    const [whole, block, inline] = match;
    parts.push(
      block === undefined ? { kind: "code", text: inline } : { kind: "block", text: block },
    );
    at = match.index + whole.length;
  }
  return [...parts, ...linkedParts(text.slice(at))];
}

/** @param {string} text */
function linkedParts(text) {
  /** @type {TextPart[]} */
  const parts = [];
  let at = 0;
  const add = (/** @type {TextPart} */ part) => {
    if (part.text !== "") parts.push(part);
  };
  for (const { start, end, href, value } of addressesIn(text)) {
    if (start < at) continue;
    add({ kind: "text", text: text.slice(at, start) });
    add({ kind: "link", text: value, href });
    at = end;
  }
  add({ kind: "text", text: text.slice(at) });
  return parts;
}

/** @param {string} text */
function addressesIn(text) {
  const local = localAddresses(text);
  if (!MAY_LINK.test(text)) return local;
  const meant = find(text, "url").filter(
    ({ value, href }) => MEANT.test(value) && /^https?:\/\//i.test(href),
  );
  return [...local, ...meant].sort((one, other) => one.start - other.start);
}

/**
 * A fragment that shows the text.
 * @param {string} text
 */
export function textNodes(text) {
  const fragment = document.createDocumentFragment();
  fragment.append(...partsOf(text).map(nodeOf));
  return fragment;
}

// The first letter says which way a line goes (rule P2 of Unicode's annex 9), and these go to the left.
const RIGHT_TO_LEFT =
  /^\P{L}*[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/**
 * Whether the last line of a text goes from right to left.
 * @param {string} text
 */
export function endsRightToLeft(text) {
  return RIGHT_TO_LEFT.test(text.slice(text.lastIndexOf("\n") + 1));
}

/** @param {TextPart} part */
function nodeOf({ kind, text, href = "" }) {
  if (kind === "text") return text;
  const block = kind === "block";
  const node =
    kind === "link" ? link(href, text) : element("code", block ? "code code--block" : "code", text);
  node.dir = "ltr"; // whatever goes on around it
  return node;
}

/**
 * @param {string} href
 * @param {string} label
 */
function link(href, label) {
  const node = element("a", "", label);
  node.href = href;
  node.target = "_blank";
  node.rel = "noopener";
  return node;
}
