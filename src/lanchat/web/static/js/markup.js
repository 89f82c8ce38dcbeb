// What a message's text means, pure: blocks of lines, quotes, lists and code (inline.js says what a
// line means). What was typed is kept; this only says how it is shown.
//
// It is the Markdown of chats and not that of documents, whose readers (marked was tried) join
// lines, number lists anew, take `__init__` for bold and 2*3*4 for emphasis, and let disappear what
// looks like HTML or a definition. Here each line stays a line, and marks count around words alone.

import { lastOf } from "./dom.js";

const DEEPEST = 8; // quotes in quotes

const FENCE = /```(?:([\w+#.-]{0,20})[ \t]*\n)?([\s\S]+?)\n?```\n?/g;
const QUOTED = /^>(?: |$)/;
const ITEM = /^([ \t]{0,12})([-*•]|\d{1,9}[.)])[ \t]+(?=\S)/;
const CONTINUES = /^(?: {2}|\t)\s*\S/;

/**
 * The blocks of a text, in their order.
 * @param {string} text
 * @returns {Block[]}
 */
export function blocksOf(text, depth = 0) {
  /** @type {Block[]} */
  const blocks = [];
  const fences = [...text.matchAll(FENCE)];
  let at = 0;
  while (at <= text.length) {
    const line = lineAt(text, at);
    const [from, to] = [at, at + line.length];
    const fence = fences.find(({ index }) => index >= from && index < to);
    if (QUOTED.test(line) && depth < DEEPEST) {
      const quoted = quotedAt(text, at);
      const inner = quoted.map((one) => one.slice(2)).join("\n");
      blocks.push({ kind: "quote", blocks: blocksOf(inner, depth + 1) });
      at += quoted.join("\n").length + 1;
    } else if (fence === undefined) {
      addLine(blocks, line);
      at = to + 1;
    } else {
      const [whole, language = "", code] = fence;
      if (fence.index > at) addLine(blocks, text.slice(at, fence.index));
      blocks.push({ kind: "block", text: code, language: language.toLowerCase() });
      at = fence.index + whole.length;
      if (at === text.length) break;
    }
  }
  return blocks;
}

/**
 * @param {string} text
 * @param {number} at
 */
function lineAt(text, at) {
  const end = text.indexOf("\n", at);
  return text.slice(at, end < 0 ? text.length : end);
}

/**
 * The lines from there on that are quoted.
 * @param {string} text
 * @param {number} at
 */
function quotedAt(text, at) {
  const lines = text.slice(at).split("\n");
  const end = lines.findIndex((line) => !QUOTED.test(line));
  return end < 0 ? lines : lines.slice(0, end);
}

/**
 * A line begins an item of a list, goes on with one, or is one of the lines between.
 * @param {Block[]} blocks
 * @param {string} line
 */
function addLine(blocks, line) {
  const last = lastOf(blocks);
  const begins = ITEM.exec(line);
  if (begins !== null) {
    const [before, indent, marker] = begins;
    const item = { marker, indent: indent.length, lines: [line.slice(before.length)] };
    if (last?.kind === "list") last.items.push(item);
    else blocks.push({ kind: "list", items: [item] });
  } else if (last?.kind === "list" && CONTINUES.test(line)) {
    lastOf(last.items)?.lines.push(line.trimStart());
  } else if (last?.kind === "lines") last.lines.push(line);
  else blocks.push({ kind: "lines", lines: [line] });
}
