// js/commands.js: what a line in the composer is.

import assert from "node:assert/strict";
import { test } from "node:test";

import { readLine } from "#js/commands.js";

const LINES = [
  { line: "hello", name: null, text: "hello" },
  { line: "/mute Ana 10m", name: "mute", text: "Ana 10m" },
  { line: "/help", name: "help", text: "" },
  { line: "/", name: "", text: "" },
  { line: "/topic two\nlines", name: "topic", text: "two\nlines" },
  { line: "//hello", name: null, text: "/hello" },
  { line: "a /kick", name: null, text: "a /kick" },
];

for (const { line, name, text } of LINES) {
  test(`${JSON.stringify(line)} is ${name === null ? "a message" : "a command"}`, () => {
    assert.deepEqual(readLine(line), { name, text });
  });
}
