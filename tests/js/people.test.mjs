// js/people.js and css/avatar.css: the colour of a user is theirs, and can be read by day and night.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath, URL } from "node:url";

import { colourOf } from "#js/people.js";

const SHEETS = [
  { sheet: "avatar.css", grounds: ["#ffffff", "#eef1ef"] },
  { sheet: "dark.css", grounds: ["#1b2120", "#0e1211"] },
];
const STYLES = fileURLToPath(new URL("../../src/lanchat/web/static/css", import.meta.url));
const READABLE = 4.5; // WCAG's contrast of small text
const NOTICEABLE = 0.03; // in OKLab, where 0.02 is what an eye just sees side by side

test("a user keeps the colour, and many users have many", () => {
  const ids = Array.from({ length: 500 }, (_, number) => `user ${number}`);
  assert.deepEqual(ids.map(colourOf), ids.map(colourOf));
  assert.equal(new Set(ids.map(colourOf)).size, 24);
});

for (const { sheet, grounds } of SHEETS) {
  const people = coloursOf(sheet);

  test(`${sheet}: letters and names can be read`, () => {
    assert.equal(people.length, 24);
    for (const { disc, ink, name } of people) {
      assert.ok(contrast(disc, ink) >= READABLE, `${ink} on ${disc}`);
      for (const ground of grounds) assert.ok(contrast(name, ground) >= READABLE, name);
    }
  });

  test(`${sheet}: no two discs look alike`, () => {
    const discs = people.map(({ disc }) => disc);
    for (const [i, disc] of discs.entries()) {
      for (const other of discs.slice(0, i)) {
        assert.ok(distance(disc, other) >= NOTICEABLE, `${disc} and ${other}`);
      }
    }
  });
}

/** @param {string} sheet */
function coloursOf(sheet) {
  const text = readFileSync(`${STYLES}/${sheet}`, "utf8");
  const rule = /\.person-\d+ \{\s*--disc: (#\w+);\s*--disc-ink: (#\w+);\s*--name: (#\w+);/g;
  return [...text.matchAll(rule)].map(([, disc, ink, name]) => ({ disc, ink, name }));
}

/** @param {string} colour */
function linear(colour) {
  return [1, 3, 5].map((at) => {
    const share = parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
}

/**
 * @param {string} a
 * @param {string} b
 */
function contrast(a, b) {
  const luminances = [a, b].map((colour) => {
    const [red, green, blue] = linear(colour);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  });
  return (Math.max(...luminances) + 0.05) / (Math.min(...luminances) + 0.05);
}

/**
 * @param {string} a
 * @param {string} b
 */
function distance(a, b) {
  const [first, second] = [a, b].map(oklab);
  return Math.hypot(...first.map((value, i) => value - second[i]));
}

/** @param {string} colour */
function oklab(colour) {
  const [red, green, blue] = linear(colour);
  const long = Math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue);
  const medium = Math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue);
  const short = Math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue);
  return [
    0.2104542553 * long + 0.793617785 * medium - 0.0040720468 * short,
    1.9779984951 * long - 2.428592205 * medium + 0.4505937099 * short,
    0.0259040371 * long + 0.7827717662 * medium - 0.808675766 * short,
  ];
}
