// What was found is marked as the server finds it.

import assert from "node:assert/strict";
import { test } from "node:test";

import { hitsIn } from "#js/hits.js";

/**
 * The text with its hits in brackets.
 * @param {string} text
 * @param {string} wanted
 */
function marked(text, wanted) {
  return hitsIn(text, wanted)
    .map((part) => (part.hit ? `[${part.text}]` : part.text))
    .join("");
}

test("words are found from their beginning, without case and accents", () => {
  assert.equal(marked("A Lição e a ação", "lic AÇ"), "A [Lição] e a [ação]");
  assert.equal(marked("relic", "lic"), "relic");
  assert.equal(marked("nothing", ""), "nothing");
});

test("letters without spaces are found wherever they stand", () => {
  assert.equal(marked("今天下雨", "下雨"), "今天[下雨]");
});

test("of a long text what stands around the first hit is shown", () => {
  const shown = marked(`${"before ".repeat(60)}needle${" after".repeat(60)}`, "needle");
  assert.match(shown, /^…before .*\[needle\] after.*…$/);
  assert.ok(shown.length < 180);
});

test("no letter is cut in two", () => {
  for (const before of ["", "a"]) {
    assert.match(marked(before + "😀".repeat(400), "b"), /^a?😀+…$/u);
  }
});

test("signs of patterns in what is looked for do no harm", () => {
  assert.equal(marked("a (b) c", "(b"), "a ([b]) c");
});
