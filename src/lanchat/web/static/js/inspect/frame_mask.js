// The payload before and after XOR: below each byte as it was on the wire the one of the key, and what
// the two make.

import { element } from "../dom.js";
import { letterOf, payloadMeaning } from "./fields.js";
import { hexOf } from "./digits.js";
import { section } from "./section.js";

const AT_FIRST = 32; // bytes
const IN_ALL = 512;
const IN_A_ROW = 8;

/**
 * @param {Inspect.Read} read
 * @param {{ words: Words, point: Inspect.Point }} options
 */
export function drawMask(read, { words, point }) {
  const { payload, plain, head } = read;
  const key = head.key ?? new Uint8Array(4);
  const tables = element("div", "xor");
  const lines = [
    { name: "wire", of: (/** @type {number} */ i) => hexOf(payload[i]) },
    { name: "key", of: (/** @type {number} */ i) => hexOf(key[i % 4]) },
    { name: "plain", of: (/** @type {number} */ i) => hexOf(plain[i]) },
    { name: "letter", of: (/** @type {number} */ i) => letterOf(plain[i]) },
  ];

  /**
   * @param {number} from
   * @param {number} to
   */
  function table(from, to) {
    const node = element("table", "xor__table");
    for (const { name, of } of lines) {
      const title = element("th", "xor__name", words.t(`inspect.xor.${name}`));
      const row = element("tr", `xor__row xor__row--${name}`, title);
      title.scope = "row";
      for (let i = from; i < to; i += 1) {
        const cell = element("td", "", of(i));
        cell.dataset.place = String(i);
        row.append(cell);
      }
      node.append(row);
    }
    return node;
  }

  /**
   * @param {number} from
   * @param {number} to
   */
  function fill(from, to) {
    const end = Math.min(to, payload.length);
    for (let i = from; i < end; i += IN_A_ROW) {
      tables.append(table(i, Math.min(i + IN_A_ROW, end)));
    }
  }

  tables.addEventListener("pointerover", ({ target }) => {
    const place = target instanceof HTMLElement ? target.dataset.place : undefined;
    if (place !== undefined) point(payloadMeaning(read, Number(place)));
  });
  tables.addEventListener("pointerleave", () => point(null));
  fill(0, AT_FIRST);
  const more = element("button", "button button--soft", words.t("inspect.frame.all"));
  more.type = "button";
  more.hidden = payload.length <= AT_FIRST;
  more.addEventListener("click", () => {
    fill(AT_FIRST, IN_ALL);
    more.hidden = true;
  });
  return section("frame-xor", words.t("inspect.xor"), tables, more);
}
