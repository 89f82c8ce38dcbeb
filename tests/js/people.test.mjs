// js/people.js and css/avatar.css: the colour of a user is theirs, and can be read by day and night.

import assert from "node:assert/strict";
import { test } from "node:test";

import { colourOf } from "#js/people.js";

import { contrast, linear, READABLE, sheetOf } from "./colours.mjs";

const SHEETS = [
  { sheet: "avatar.css", grounds: ["#ffffff", "#eef1ef"] },
  { sheet: "dark.css", grounds: ["#1b2120", "#0e1211"] },
];
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
  const rule = /\.person-\d+ \{\s*--disc: (#\w+);\s*--disc-ink: (#\w+);\s*--name: (#\w+);/g;
  return [...sheetOf(sheet).matchAll(rule)].map(([, disc, ink, name]) => ({ disc, ink, name }));
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
