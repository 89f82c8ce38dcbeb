// All bytes of a frame in hexadecimal, each in the colour of its field. One is current, which the
// arrow keys move.

import { element } from "../dom.js";
import { fieldAt } from "./bits.js";
import { byteMeaning, letterOf } from "./fields.js";
import { hexOf } from "./digits.js";
import { section } from "./section.js";

const AT_FIRST = 160; // bytes; more of them on demand
const STEPS = /** @type {Readonly<Record<string, number>>} */ ({ ArrowLeft: -1, ArrowRight: 1 });

/**
 * @param {Inspect.Read} read
 * @param {{ words: Words, point: Inspect.Point }} options
 */
export function drawHex(read, { words, point }) {
  const { bytes, head } = read;
  const list = element("div", "hex");
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", words.t("inspect.frame.hex"));
  list.tabIndex = 0;
  let current = -1;

  /** @param {number} count */
  function fill(count) {
    const from = list.childElementCount;
    list.append(...Array.from(bytes.slice(from, count), (_, i) => cell(from + i)));
  }

  /** @param {number} place */
  function cell(place) {
    const node = element("span", "hex__byte", hexOf(bytes[place]));
    node.id = `hex-${place}`;
    node.dataset.field = fieldAt(head, place);
    node.dataset.letter = letterOf(bytes[place]);
    node.setAttribute("role", "option");
    node.setAttribute("aria-selected", "false");
    return node;
  }

  /** @param {number} place */
  function choose(place) {
    const count = list.childElementCount;
    const next = Math.min(Math.max(place, 0), count - 1);
    list.children[current]?.setAttribute("aria-selected", "false");
    list.children[next].setAttribute("aria-selected", "true");
    current = next;
    list.setAttribute("aria-activedescendant", `hex-${next}`);
    point(byteMeaning(read, next));
  }

  /** How many stand beside each other. */
  function width() {
    const cells = [...list.children].map((node) => /** @type {HTMLElement} */ (node).offsetTop);
    const other = cells.findIndex((top) => top !== cells[0]);
    return other < 0 ? cells.length : other;
  }

  /** @param {EventTarget | null} target */
  function placeOf(target) {
    return target instanceof HTMLElement ? [...list.children].indexOf(target) : -1;
  }

  list.addEventListener("pointerover", ({ target }) => {
    const place = placeOf(target);
    if (place >= 0) point(byteMeaning(read, place));
  });
  list.addEventListener("pointerleave", () => {
    point(current < 0 ? null : byteMeaning(read, current));
  });
  list.addEventListener("click", ({ target }) => {
    const place = placeOf(target);
    if (place >= 0) choose(place);
  });
  list.addEventListener("focus", () => choose(Math.max(current, 0)));
  list.addEventListener("keydown", (event) => {
    const rows = { ArrowUp: -width(), ArrowDown: width() };
    const ends = { Home: -current, End: list.childElementCount };
    const all = /** @type {Record<string, number>} */ ({ ...STEPS, ...rows, ...ends });
    const step = all[event.key];
    if (step === undefined) return;
    event.preventDefault();
    choose(current + step);
  });
  fill(AT_FIRST);
  const more = element("button", "button button--soft", words.t("inspect.frame.all"));
  more.type = "button";
  more.hidden = bytes.length <= AT_FIRST;
  more.addEventListener("click", () => {
    fill(bytes.length);
    more.hidden = true;
  });
  return section("frame-hex", words.t("inspect.frame.hex"), list, more);
}
