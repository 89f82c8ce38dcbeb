// A message's text as nodes: its blocks and their lines, as markup.js and inline.js read them.

import { codeBlock } from "./code.js";
import { element, lastOf } from "./dom.js";
import { partsOf } from "./inline.js";
import { blocksOf } from "./markup.js";

const BLANK = /^[\s\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}\u2800\u{1d159}]*$/u;

// Fonts have a box for them: what was copied from a terminal has some.
const CONTROL = /(?![\t\n\r])\p{Cc}/gu;

/**
 * Whether nothing of a text can be seen; the server refuses it, too.
 * @param {string} text
 */
export function isBlank(text) {
  return BLANK.test(text);
}

const LEFTWARD =
  "\\u0590-\\u08ff\\ufb1d-\\ufdff\\ufe70-\\ufefc\\u{10800}-\\u{10fff}\\u{1e800}-\\u{1efff}";
const HAS_LEFTWARD = new RegExp(`[${LEFTWARD}]`, "u");
// The first letter says which way a line goes (rule P2 of Unicode's annex 9).
const GOES_LEFT = new RegExp(`^\\P{L}*[${LEFTWARD}]`, "u");

/** @type {WeakMap<Element, string>} */
const typed = new WeakMap();

/**
 * Show a text in an element. In one with Hebrew or Arabic letters each line has a direction of its
 * own.
 * @param {Element} node
 * @param {string} text
 * @param {Words} words
 */
export function showText(node, text, words) {
  typed.set(node, text);
  const everyWay = HAS_LEFTWARD.test(text);
  node.replaceChildren(...nodesOf(blocksOf(text.replace(CONTROL, "")), { everyWay, words }));
}

/**
 * What was typed, where this element shows it.
 * @param {Element} node
 */
export function typedIn(node) {
  return typed.get(node) ?? "";
}

/**
 * Whether the last line of a text goes from right to left, code and links aside.
 * @param {string} text
 */
export function endsRightToLeft(text) {
  if (!HAS_LEFTWARD.test(text)) return false;
  const last = lastOf(blocksOf(text));
  if (last === undefined || last.kind === "block" || last.kind === "quote") return false;
  const lines = last.kind === "lines" ? last.lines : (lastOf(last.items)?.lines ?? []);
  return GOES_LEFT.test(spoken(partsOf(lastOf(lines) ?? "")));
}

/** @param {readonly Inline[]} parts @returns {string} */
function spoken(parts) {
  return parts
    .map((part) => {
      if ("parts" in part) return spoken(part.parts);
      return part.kind === "text" ? part.text : "";
    })
    .join("");
}

/**
 * The words of a text, without the marks of its structure.
 * @param {string} text
 */
export function spokenIn(text) {
  return wordsOf(blocksOf(text.replace(CONTROL, ""))).join("\n");
}

/** @param {readonly Block[]} blocks @returns {string[]} */
function wordsOf(blocks) {
  return blocks.flatMap((block) => {
    if (block.kind === "block") return [block.text];
    if (block.kind === "quote") return wordsOf(block.blocks);
    const lines =
      block.kind === "lines" ? block.lines : block.items.flatMap(({ lines: all }) => all);
    return lines.map((line) => allOf(partsOf(line)));
  });
}

/** @param {readonly Inline[]} parts @returns {string} */
function allOf(parts) {
  return parts.map((part) => ("parts" in part ? allOf(part.parts) : part.text)).join("");
}

/**
 * @param {readonly Block[]} blocks
 * @param {{ everyWay: boolean, words: Words }} how
 * @returns {(Node | string)[]}
 */
function nodesOf(blocks, how) {
  return blocks.flatMap((block, i) => {
    if (block.kind === "block") return [codeBlock(block, how.words)];
    if (block.kind === "lines") return linesOf(block.lines, how.everyWay, i === blocks.length - 1);
    if (block.kind === "quote") {
      const quote = element("blockquote", "quote", ...nodesOf(block.blocks, how));
      // Its lines have directions of their own, which "auto" would not look at.
      if (GOES_LEFT.test(quote.textContent ?? "")) quote.dir = "rtl";
      return [quote];
    }
    const list = element("ul", "list", ...block.items.map((item) => itemOf(item, how.everyWay)));
    list.setAttribute("role", "list"); // WebKit takes it away from lists without bullets
    return [list];
  });
}

/**
 * Lines, each as wide as the text where it has a direction of its own; but the message's last one
 * is as wide as it is: the time stands beside it.
 * @param {readonly string[]} lines
 * @param {boolean} everyWay
 * @param {boolean} isEnd
 */
function linesOf(lines, everyWay, isEnd) {
  return lines.flatMap((line, i) => {
    const last = i === lines.length - 1;
    const nodes = partsOf(line).map(nodeOf);
    const end = last && isEnd ? [] : ["\n"];
    if (!everyWay || line === "") return [...nodes, ...end];
    const node = element("span", last && isEnd ? "" : "line", ...nodes);
    node.dir = "auto";
    return [node, ...end];
  });
}

/**
 * @param {ListItem} item
 * @param {boolean} everyWay
 */
function itemOf({ marker, indent, lines }, everyWay) {
  const sign = element("span", "list__marker", /\d/.test(marker) ? `${marker} ` : "• ");
  const node = element("li", "list__item", sign, ...linesOf(lines, false, true));
  if (indent >= 2) node.classList.add(indent >= 4 ? "list__item--deeper" : "list__item--deep");
  if (everyWay) node.dir = "auto";
  return node;
}

const TAGS = /** @type {const} */ ({ strong: "strong", em: "em", strike: "s" });

/**
 * @param {Inline} part
 * @returns {Node | string}
 */
function nodeOf(part) {
  if (part.kind === "text") return part.text;
  if ("parts" in part) return element(TAGS[part.kind], "", ...part.parts.map(nodeOf));
  const node = part.kind === "link" ? link(part) : element("code", "code", part.text);
  node.dir = "ltr"; // whatever goes on around it
  return node;
}

/** @param {LinkPart} part */
function link({ text, href }) {
  const node = element("a", "", text);
  node.href = href;
  node.target = "_blank";
  node.rel = "noopener";
  return node;
}
