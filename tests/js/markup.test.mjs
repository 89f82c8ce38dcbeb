// js/markup.js: the blocks of a text.

import assert from "node:assert/strict";
import { test } from "node:test";

import { blocksOf } from "#js/markup.js";

const lines = (/** @type {string[]} */ ...said) => ({ kind: "lines", lines: said });
const code = (/** @type {string} */ text, language = "") => ({ kind: "block", text, language });

test("a text without anything is its lines, empty ones, too", () => {
  for (const text of ["", "a", "a\nb", "\n\na\n\n\nb\n", "# main.c\n// x\n<b>\n[a]: b\n    four"]) {
    assert.deepEqual(blocksOf(text), [lines(...text.split("\n"))]);
  }
});

test("code stands as it was typed, with its language", () => {
  assert.deepEqual(blocksOf("run\n```Python\nx = 1\n\n  y\n```\nthen"), [
    lines("run"),
    code("x = 1\n\n  y", "python"),
    lines("then"),
  ]);
  assert.deepEqual(blocksOf("a ```b``` c"), [lines("a "), code("b"), lines(" c")]);
  assert.deepEqual(blocksOf("```\n> no quote\n- no item\n```"), [code("> no quote\n- no item")]);
  assert.deepEqual(blocksOf("```c\nint x;"), [lines("```c", "int x;")]);
});

test("quotes hold blocks, and the line after one is none", () => {
  assert.deepEqual(blocksOf("> why?\n> ```\n> x\n> ```\n> > who\nbecause"), [
    {
      kind: "quote",
      blocks: [lines("why?"), code("x"), { kind: "quote", blocks: [lines("who")] }],
    },
    lines("because"),
  ]);
  for (const text of [">:(", ">.<", ">> 1", "5 > 4"]) {
    assert.deepEqual(blocksOf(text), [lines(text)]);
  }
});

test("items keep the signs that were typed", () => {
  assert.deepEqual(blocksOf("to do:\n- a\n  more\n   - b\n3. c\n2024) d\nend\n-5 -x 1.5"), [
    lines("to do:"),
    {
      kind: "list",
      items: [
        { marker: "-", indent: 0, lines: ["a", "more"] },
        { marker: "-", indent: 3, lines: ["b"] },
        { marker: "3.", indent: 0, lines: ["c"] },
        { marker: "2024)", indent: 0, lines: ["d"] },
      ],
    },
    lines("end", "-5 -x 1.5"),
  ]);
});

test("quotes are read to a depth that a reader can follow", () => {
  let depth = 0;
  let [block] = blocksOf("> ".repeat(2_000));
  for (; block.kind === "quote"; depth += 1) [block] = block.blocks;
  assert.equal(depth, 8);
  assert.deepEqual(block, lines("> ".repeat(1_992)));
});
