// What a line of a message means, pure: links, code and emphasis.

import { addressesIn } from "./addresses.js";

const DEEPEST = 8; // emphasis in emphasis

const CODE = /(`+)(?!`)(.*?[^`])\1(?!`)/g;

/** @type {Record<string, Stressed["kind"][]>} */
const STRESS = {
  "*": ["em"],
  "**": ["strong"],
  "***": ["strong", "em"],
  _: ["em"],
  "~~": ["strike"],
};
const MARKS = "*_~";
const WORD = /[\p{L}\p{N}_\\]/u;
// Who writes without spaces between words sets marks beside letters.
const SPACELESS =
  /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}|\p{Script=Thai}|\p{Script=Lao}|\p{Script=Khmer}/u;
const HIDDEN = "\ue000"; // no letter, no space and no mark

/**
 * The parts of a line, in their order.
 * @param {string} line
 * @returns {Inline[]}
 */
export function partsOf(line) {
  const atoms = atomsOf(line);
  const atomAt = new Map(atoms.map((atom) => [atom.start, atom]));
  let open = line; // where a mark may count
  for (const { start, end } of atoms) {
    open = open.slice(0, start) + HIDDEN.repeat(end - start) + open.slice(end);
  }
  return within(0, line.length, 0);

  /**
   * @param {number} from
   * @param {number} to
   * @param {number} depth
   */
  function within(from, to, depth) {
    /** @type {Inline[]} */
    const parts = [];
    const lonely = new Set(); // marks that nothing closes any more
    let said = from;
    const textUpTo = (/** @type {number} */ end) => {
      if (end > said) parts.push({ kind: "text", text: line.slice(said, end) });
    };
    let at = from;
    while (at < to) {
      const atom = atomAt.get(at);
      const mark = markAt(open, at, to);
      const opens =
        mark in STRESS && depth < DEEPEST && !lonely.has(mark) && begins(open, at, mark);
      const close = opens ? closing(open, { mark, from: at, to }) : -1;
      if (opens && close < 0) lonely.add(mark);
      if (atom !== undefined) {
        textUpTo(at);
        parts.push(atom.part);
        at = atom.end;
        said = at;
      } else if (close < 0) at += mark.length || 1;
      else {
        textUpTo(at);
        parts.push(stressed(mark, within(at + mark.length, close, depth + 1)));
        at = close + mark.length;
        said = at;
      }
    }
    textUpTo(to);
    return parts;
  }
}

/**
 * @param {string} mark
 * @param {Inline[]} parts
 */
function stressed(mark, parts) {
  return STRESS[mark].reduceRight(
    (/** @type {Inline[]} */ inner, kind) => [{ kind, parts: inner }],
    parts,
  )[0];
}

/**
 * The run of one mark there, or "".
 * @param {string} open
 * @param {number} at
 * @param {number} to
 */
function markAt(open, at, to) {
  if (!MARKS.includes(open[at])) return "";
  let end = at + 1;
  while (end < to && open[end] === open[at]) end += 1;
  return open.slice(at, end);
}

/**
 * @param {string} open
 * @param {number} at
 * @param {string} mark
 */
function begins(open, at, mark) {
  return isApart(open[at - 1]) && /\S/.test(open[at + mark.length] ?? " ");
}

/**
 * Where the mark comes again after a word, or -1.
 * @param {string} open
 * @param {{ mark: string, from: number, to: number }} place
 */
function closing(open, { mark, from, to }) {
  let at = open.indexOf(mark, from + mark.length + 1);
  while (at >= 0 && at + mark.length <= to) {
    const run = markAt(open, at, to);
    if (run === mark && /\S/.test(open[at - 1]) && isApart(open[at + mark.length])) return at;
    at = open.indexOf(mark, at + run.length);
  }
  return -1;
}

/** @param {string | undefined} neighbour */
function isApart(neighbour) {
  return neighbour === undefined || !WORD.test(neighbour) || SPACELESS.test(neighbour);
}

/**
 * The code and the links of a line: no mark counts in them.
 * @param {string} line
 */
function atomsOf(line) {
  /** @type {{ start: number, end: number, part: Inline }[]} */
  const atoms = [];
  let at = 0;
  const addLinks = (/** @type {number} */ end) => {
    for (const { start, end: stop, ...part } of linksIn(line.slice(at, end))) {
      atoms.push({ start: at + start, end: at + stop, part: { kind: "link", ...part } });
    }
  };
  for (const { index, 0: whole, 2: text } of line.matchAll(CODE)) {
    addLinks(index);
    at = index + whole.length;
    atoms.push({ start: index, end: at, part: { kind: "code", text } });
  }
  addLinks(line.length);
  return atoms;
}

/** @param {string} text */
function linksIn(text) {
  return addressesIn(text).map(({ start, end, value, href }) => {
    // Of a link in marks the closing ones are no part.
    const marked = MARKS.includes(text.charAt(start - 1) || " ");
    const cut = marked ? (/[*_~]*$/.exec(value)?.[0].length ?? 0) : 0;
    const [shown, whole] = [value, href].map((one) => one.slice(0, one.length - cut));
    return { start, end: end - cut, text: shown, href: whole };
  });
}
