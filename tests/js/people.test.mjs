// js/people.js: a name has a colour, and the first ten in a room have different ones.

import assert from "node:assert/strict";
import { test } from "node:test";

import { colourOf } from "#js/people.js";

test("a name keeps its colour, and ten names have ten", () => {
  const names = Array.from({ length: 10 }, (_, number) => `guest ${number}`);
  const colours = names.map(colourOf);
  assert.equal(new Set(colours).size, 10);
  assert.deepEqual(names.map(colourOf), colours);
});
