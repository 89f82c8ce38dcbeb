// One frame, from its bits to what it says. What is pointed at is explained in the box above.

import { element, icon, setText } from "../dom.js";
import { agrees, readHead, unmask } from "./bits.js";
import { drawBits } from "./frame_bits.js";
import { drawExercise } from "./exercise.js";
import { drawHex } from "./frame_hex.js";
import { drawMask } from "./frame_mask.js";
import { drawText } from "./frame_text.js";
import { mountExplanation } from "./explanation.js";
import { meaningOf } from "./explain.js";
import { bytesOf } from "./digits.js";
import { makeFigures } from "./figures.js";
import { entryOf } from "./record.js";

/**
 * @param {HTMLElement} root
 * @param {Inspect.ViewOptions} options
 * @returns {Inspect.View}
 */
export function mountFrame(root, { words, lang, select }) {
  const figures = makeFigures(lang);
  const about = element("div", "frame__about");
  const bar = makeBar({ words, select });
  const body = element("div", "frame__body");
  const explanation = mountExplanation(about, { words, hint: words.t("inspect.frame.none") });
  root.append(element("div", "frame", bar.root, about, body));

  /** @type {Inspect.Frame | null} */
  let shown = null;

  /** @type {Inspect.View["update"]} */
  function update(record, selected) {
    const entry = entryOf(record, selected);
    if (entry === undefined && selected === shown?.key) return; // it has left the record
    const frame = entry?.kind === "frame" ? entry : null;
    bar.update(record, frame);
    if (frame?.key === shown?.key) return;
    shown = frame;
    const meaning = frame && meaningOf(frame);
    explanation.show(meaning);
    body.replaceChildren(...(frame === null ? [] : draw(frame, meaning)));
    root.scrollTop = 0;
  }

  /**
   * @param {Inspect.Frame} entry
   * @param {Inspect.Meaning | null} meaning
   */
  function draw(entry, meaning) {
    const bytes = bytesOf(entry.bytes);
    const head = readHead(bytes);
    if (head === null) return [];
    const payload = bytes.slice(head.start);
    const isMasked = head.key !== null && payload.length > 0;
    const read = { entry, bytes, head, payload, plain: unmask(payload, head.key) };
    /** @type {Inspect.Point} */
    const point = (pointed) => explanation.show(pointed ?? meaning);
    const options = { words, point };
    return [
      facts(read),
      drawBits(read, options),
      drawHex(read, options),
      ...(isMasked ? [drawMask(read, options), drawExercise(read, options)] : []),
      ...drawText(read, options),
    ];
  }

  /** @param {Inspect.Read} read */
  function facts({ entry, head, bytes }) {
    const check = words.t(
      agrees(head, entry.head) ? "inspect.frame.agrees" : "inspect.frame.differs",
    );
    const missing = entry.missing ?? 0;
    const line = [
      words.t(`inspect.from.${entry.from}`),
      words.count("inspect.bytes", entry.size),
      words.t("inspect.frame.at", { time: figures.moment(entry.at) }),
      ...(bytes.length < entry.size - missing
        ? [words.count("inspect.frame.kept", bytes.length)]
        : []),
      ...(missing > 0 ? [words.count("inspect.frame.missing", missing)] : []),
      check,
    ];
    return element("p", "frame__facts", line.join(" · "));
  }

  return { update };
}

/**
 * The way to the frames before and after, and to what one answers or is answered by.
 * @param {Pick<Inspect.ViewOptions, "words" | "select">} options
 */
function makeBar({ words, select }) {
  const before = button("down", words.t("inspect.frame.before"));
  const after = button("down", words.t("inspect.frame.after"));
  const pair = element("button", "button button--soft");
  before.classList.add("frame__before");
  const root = element("div", "frame__bar", before, after, pair);
  pair.type = "button";
  /** @type {Map<HTMLButtonElement, number | null>} */
  const ways = new Map();
  for (const node of [before, after, pair]) {
    node.addEventListener("click", () => select(ways.get(node) ?? null, true));
  }

  /**
   * @param {Inspect.Record} record
   * @param {Inspect.Frame | null} frame
   */
  function update({ entries }, frame) {
    root.hidden = frame === null;
    if (frame === null) return;
    const frames = entries.filter(({ kind }) => kind === "frame");
    const place = frames.findIndex(({ key }) => key === frame.key);
    ways.set(before, frames[place - 1]?.key ?? null);
    ways.set(after, frames[place + 1]?.key ?? null);
    ways.set(pair, frame.answers ?? frame.answered);
    for (const node of [before, after]) node.disabled = ways.get(node) === null;
    pair.hidden = ways.get(pair) === null;
    setText(
      pair,
      words.t(frame.answers === null ? "inspect.frame.answered" : "inspect.frame.answers"),
    );
  }

  return { root, update };
}

/**
 * @param {string} symbol
 * @param {string} label
 */
function button(symbol, label) {
  const node = element("button", "button button--icon", icon(symbol));
  node.type = "button";
  node.title = label;
  node.setAttribute("aria-label", label);
  return node;
}
