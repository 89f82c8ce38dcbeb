// What is copied. Of several messages it is a line for each, with time and name: the page's own
// elements would be glued together, as they stand beside each other and not in lines. Of a whole
// message it is what was typed.

import { typedIn } from "./text.js";

/**
 * Let what is copied from the list be readable text.
 * @param {HTMLElement} list
 */
export function mountCopying(list) {
  document.addEventListener("copy", (event) => {
    const selection = document.getSelection();
    if (selection === null || selection.rangeCount === 0 || event.clipboardData === null) return;
    const text = textOf(list, selection.getRangeAt(0));
    if (text === null) return;
    event.clipboardData.setData("text/plain", text);
    event.preventDefault();
  });
}

/**
 * The lines of a range; null where it has no part of the list, or is within one message's text.
 * @param {HTMLElement} list
 * @param {Range} range
 */
function textOf(list, range) {
  const common = range.commonAncestorContainer;
  const around = common instanceof Element ? common : common.parentElement;
  if (range.collapsed || !range.intersectsNode(list)) return null;
  const within = around?.closest(".message__text") ?? null;
  if (within !== null) return isWhole(within, range) ? typedIn(within) || null : null;
  const lines = [...list.children].flatMap((row) => linesOf(row, range));
  return lines.length === 0 ? null : lines.join("\n");
}

/**
 * @param {Element} row
 * @param {Range} range
 */
function linesOf(row, range) {
  if (!range.intersectsNode(row)) return [];
  const text = row.querySelector(".message__text");
  if (text === null) return [row.textContent?.trim() ?? ""];
  const names = filesWithin(row, range);
  const said = [...names, partWithin(text, range)].filter((part) => part.trim() !== "").join(" ");
  if (said === "") return [];
  const time = row.querySelector(".message__time time")?.textContent ?? "";
  const name = row instanceof HTMLElement ? (row.dataset.author ?? "") : "";
  return [`${time} ${name}: ${said}`.trim()];
}

/**
 * What stands for the files of a message, as far as the range has these.
 * @param {Element} row
 * @param {Range} range
 */
function filesWithin(row, range) {
  /** @type {NodeListOf<HTMLElement>} */
  const files = row.querySelectorAll("[data-name]");
  return [...files]
    .filter((node) => range.intersectsNode(node))
    .map((node) => `[${node.dataset.name}]`);
}

/**
 * What of a text lies in the range.
 * @param {Element} text
 * @param {Range} range
 */
function partWithin(text, range) {
  if (!range.intersectsNode(text)) return "";
  const part = document.createRange();
  part.selectNodeContents(text);
  if (isWhole(text, range)) return typedIn(text);
  if (range.compareBoundaryPoints(Range.START_TO_START, part) > 0) {
    part.setStart(range.startContainer, range.startOffset);
  }
  if (range.compareBoundaryPoints(Range.END_TO_END, part) < 0) {
    part.setEnd(range.endContainer, range.endOffset);
  }
  const said = part.cloneContents();
  // What the page itself has written there is nobody's words.
  for (const own of said.querySelectorAll(".code-block__bar, button")) own.remove();
  return said.textContent ?? "";
}

/**
 * Whether all that can be seen of an element lies in the range.
 * @param {Element} node
 * @param {Range} range
 */
function isWhole(node, range) {
  const all = document.createRange();
  all.selectNodeContents(node);
  const before = document.createRange();
  before.setStart(all.startContainer, all.startOffset);
  before.setEnd(range.startContainer, range.startOffset);
  const after = document.createRange();
  after.setStart(range.endContainer, range.endOffset);
  after.setEnd(all.endContainer, all.endOffset);
  return before.toString() === "" && after.toString() === "";
}
