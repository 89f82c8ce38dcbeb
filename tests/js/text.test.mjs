// js/text.js: what cannot be seen, and where a text ends.

import assert from "node:assert/strict";
import { test } from "node:test";

import { endsRightToLeft, isBlank, spokenIn } from "#js/text.js";

test("what cannot be seen is blank", () => {
  for (const blank of ["", " \n", "\ufe0f", "\u034f", "\u{e0100}", "\u200b\u2063", "\u3164"]) {
    assert.ok(isBlank(blank), JSON.stringify(blank));
  }
  for (const seen of ["a", ".", "\u2764\ufe0f", "\u0301"]) assert.ok(!isBlank(seen), seen);
});

test("the first letter of its last line says where a text ends", () => {
  for (const text of [
    "שלום",
    "hello\n... שלום",
    "1. مرحبا abc",
    "`code` אחר",
    "http://a.example שלום",
    "hello\n- **שלום**",
  ]) {
    assert.ok(endsRightToLeft(text));
  }
  for (const text of [
    "",
    "hello שלום",
    "שלום\nhello",
    "123",
    "שלום\n```\nx = 1\n```",
    "> שלום\n> hello",
  ]) {
    assert.ok(!endsRightToLeft(text));
  }
});

test("control characters are not shown, and lines and tabs stay", () => {
  assert.equal(spokenIn("a\u0001b\u001b[31m\nc\td\u009f"), "ab[31m\nc\td");
});
