// js/text.js: what of a message is a link or code.

import assert from "node:assert/strict";
import { test } from "node:test";

import { partsOf } from "#js/text.js";

const parts = (/** @type {string} */ text) =>
  partsOf(text).map(({ kind, text: shown }) => [kind, shown]);

test("a text without anything is one part", () => {
  assert.deepEqual(parts("good morning"), [["text", "good morning"]]);
});

test("addresses are links, with and without their scheme", () => {
  assert.deepEqual(partsOf("see http://192.168.1.20:8000/a.pdf and www.example.org."), [
    { kind: "text", text: "see " },
    {
      kind: "link",
      text: "http://192.168.1.20:8000/a.pdf",
      href: "http://192.168.1.20:8000/a.pdf",
    },
    { kind: "text", text: " and " },
    { kind: "link", text: "www.example.org", href: "http://www.example.org" },
    { kind: "text", text: "." },
  ]);
});

test("what only looks like an address is none", () => {
  assert.deepEqual(parts("main.py is no site"), [["text", "main.py is no site"]]);
  assert.deepEqual(parts("https://a.example main.py"), [
    ["link", "https://a.example"],
    ["text", " main.py"],
  ]);
});

test("no scheme but http becomes a link", () => {
  assert.deepEqual(parts("javascript:alert(1)//http://"), [
    ["text", "javascript:alert(1)//http://"],
  ]);
});

test("code stands as it was typed, in a line or as a block", () => {
  assert.deepEqual(parts("run `ls http://a.example` or\n```\nls -l\n```"), [
    ["text", "run "],
    ["code", "ls http://a.example"],
    ["text", " or\n"],
    ["block", "ls -l"],
  ]);
});

test("a backtick alone is a backtick", () => {
  assert.deepEqual(parts("it`s"), [["text", "it`s"]]);
});
