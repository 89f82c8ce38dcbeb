// What tests of colours need: the style sheets, and how well one colour can be read on another.

import { readFileSync } from "node:fs";
import { fileURLToPath, URL } from "node:url";

export const READABLE = 4.5; // WCAG's contrast of small text

const STYLES = fileURLToPath(new URL("../../src/lanchat/web/static/css", import.meta.url));

/** @param {string} name */
export function sheetOf(name) {
  return readFileSync(`${STYLES}/${name}`, "utf8");
}

/**
 * Its red, green and blue, as much light as they are.
 *
 * @param {string} colour
 */
export function linear(colour) {
  return [1, 3, 5].map((at) => {
    const share = parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
}

/**
 * How well one can be read on the other, by WCAG.
 *
 * @param {string} a
 * @param {string} b
 */
export function contrast(a, b) {
  const luminances = [a, b].map((colour) => {
    const [red, green, blue] = linear(colour);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  });
  return (Math.max(...luminances) + 0.05) / (Math.min(...luminances) + 0.05);
}
