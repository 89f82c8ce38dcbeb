// js/commands.js: what a line in the composer is.

import assert from "node:assert/strict";
import { test } from "node:test";

import { readLine } from "#js/commands.js";

for (const [line, name, text] of [
  ["hello", null, "hello"],
  ["/mute Ana 10m", "mute", "Ana 10m"],
  ["/help", "help", ""],
  ["/", "", ""],
  ["/topic two\nlines", "topic", "two\nlines"],
  ["//hello", null, "/hello"],
  ["a /kick", null, "a /kick"],
]) {
  test(`${JSON.stringify(line)} is ${name === null ? "a message" : "a command"}`, () => {
    assert.deepEqual(readLine(line), { name, text });
  });
}
