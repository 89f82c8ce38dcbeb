// js/commands.js: what a line in the composer is.

import assert from "node:assert/strict";
import { test } from "node:test";

import { readLine } from "#js/commands.js";

const NAMES = ["ban", "clear", "delete", "help", "host", "kick", "mute", "topic"];

const LINES = [
  { line: "hello", name: null, text: "hello" },
  { line: "/mute Ana 10m", name: "mute", text: "Ana 10m" },
  { line: "/Mute Ana", name: "mute", text: "Ana" },
  { line: "/help", name: "help", text: "" },
  { line: "/topic two\nlines", name: "topic", text: "two\nlines" },
  ...["a /kick", " /kick Ana", "/"].map(said),
  // Paths and code are said as they were typed.
  ...["/home/ana", "/etc", "/bin", "/home is full", "//etc/hosts", "/ban/kick"].map(said),
  ...["// main.c", "//delete this", "/* a */", "/.*/g", "/// <reference>", "/me waves"].map(said),
  // What looks like a mistyped command is none of the others' business.
  { line: "/mtue Ana", name: "mtue", text: "Ana" },
  { line: "/kik Ana", name: "kik", text: "Ana" },
  { line: "/clera", name: "clera", text: "" },
  { line: "/bann Ana", name: "bann", text: "Ana" },
  { line: "/deletr 12", name: "deletr", text: "12" },
  { line: "/msg Ana a secret", name: "msg", text: "Ana a secret" },
];

/** @param {string} line */
function said(line) {
  return { line, name: null, text: line };
}

for (const { line, name, text } of LINES) {
  test(`${JSON.stringify(line)} is ${name === null ? "a message" : "a command"}`, () => {
    assert.deepEqual(readLine(line, NAMES), { name, text });
  });
}
