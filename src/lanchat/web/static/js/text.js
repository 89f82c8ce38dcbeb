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

const BLANK = /^[\s\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}\u2800\u{1d159}]*$/u;

/**
 * Whether nothing of a text can be seen; the server refuses it, too.
 * @param {string} text
 */
export function isBlank(text) {
  return BLANK.test(text);
}

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

const LEFTWARD =
  "\\u0590-\\u08ff\\ufb1d-\\ufdff\\ufe70-\\ufefc\\u{10800}-\\u{10fff}\\u{1e800}-\\u{1efff}";
const HAS_LEFTWARD = new RegExp(`[${LEFTWARD}]`, "u");
// The first letter says which way a line goes (rule P2 of Unicode's annex 9).
const GOES_LEFT = new RegExp(`^\\P{L}*[${LEFTWARD}]`, "u");

/**
 * A fragment that shows the text. In one with Hebrew or Arabic letters each line has a direction
 * of its own.
 * @param {string} text
 */
export function textNodes(text) {
  const parts = partsOf(text);
  if (HAS_LEFTWARD.test(text)) return linesOf(parts);
  const fragment = document.createDocumentFragment();
  fragment.append(...parts.map(nodeOf));
  return fragment;
}

/**
 * Whether the last line of a text goes from right to left, code and links aside.
 * @param {string} text
 */
export function endsRightToLeft(text) {
  if (!HAS_LEFTWARD.test(text)) return false;
  let line = "";
  for (const part of partsOf(text).reverse()) {
    if (part.kind === "block") break;
    if (part.kind !== "text") continue;
    line = part.text.slice(part.text.lastIndexOf("\n") + 1) + line;
    if (part.text.includes("\n")) break;
  }
  return GOES_LEFT.test(line);
}

/**
 * Lines as wide as the text, and the last one as wide as it is: the time stands beside it.
 * @param {TextPart[]} parts
 */
function linesOf(parts) {
  const fragment = document.createDocumentFragment();
  let line = lineOf();
  const end = (/** @type {Node | string} */ then) => {
    line.className = "line";
    fragment.append(...(line.textContent ? [line] : []), then);
    line = lineOf();
  };
  for (const part of parts) {
    if (part.kind === "block") end(nodeOf(part));
    else if (part.kind === "text") {
      const [first, ...others] = part.text.split("\n");
      line.append(first);
      for (const other of others) {
        end("\n");
        line.append(other);
      }
    } else line.append(nodeOf(part));
  }
  fragment.append(line);
  return fragment;
}

function lineOf() {
  const line = element("span");
  line.dir = "auto";
  return line;
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
