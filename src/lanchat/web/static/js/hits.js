// What was found in a message, pure: its words from their beginning, whatever their case and accents.

import { beginningOf } from "./copies.js";
import { plain } from "./people.js";

const WORD = /[\p{L}\p{N}\p{M}]+/gu;
// Scripts without spaces, whose letters are found wherever they stand beside each other.
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const BEFORE = 40; // letters before the first hit, at most
const MOST = 160;

/**
 * A text in pieces, each of which is a hit or not: the first hit and what stands around it.
 * @param {string} text in one line
 * @param {string} wanted as it was typed
 */
export function hitsIn(text, wanted) {
  const tokens = plain(wanted).match(WORD) ?? [];
  const found = [...text.matchAll(WORD)].flatMap((match) => hitIn(match, tokens));
  const begin = beginOf(text, found[0]?.begin ?? 0);
  /** @type {{ text: string, hit: boolean }[]} */
  const parts = [];
  let at = begin;
  const end = begin + beginningOf(text.slice(begin), MOST).length;
  for (const hit of found.filter((one) => one.end <= end)) {
    parts.push({ text: text.slice(at, hit.begin), hit: false });
    parts.push({ text: text.slice(hit.begin, hit.end), hit: true });
    at = hit.end;
  }
  parts.push({ text: text.slice(at, end), hit: false });
  if (begin > 0) parts.unshift({ text: "…", hit: false });
  if (end < text.length) parts.push({ text: "…", hit: false });
  return parts.filter((part) => part.text !== "");
}

/**
 * @param {RegExpMatchArray} match a word
 * @param {readonly string[]} tokens
 */
function hitIn({ 0: word, index = 0 }, tokens) {
  const begun = plain(word);
  if (tokens.some((token) => begun.startsWith(token) && !UNSPACED.test(token))) {
    return [{ begin: index, end: index + word.length }];
  }
  const within = tokens.find((token) => UNSPACED.test(token) && word.includes(token));
  if (within === undefined) return [];
  const begin = index + word.indexOf(within);
  return [{ begin, end: begin + within.length }];
}

/**
 * Where a text begins so that its first hit is seen: at a word.
 * @param {string} text
 * @param {number} hit
 */
function beginOf(text, hit) {
  if (hit <= BEFORE) return 0;
  const space = text.indexOf(" ", hit - BEFORE);
  return space < 0 || space >= hit ? hit : space + 1;
}
