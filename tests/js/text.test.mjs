// js/text.js: what of a message is a link or code.

import assert from "node:assert/strict";
import { test } from "node:test";

import { endsRightToLeft, isBlank, partsOf } from "#js/text.js";

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

test("addresses of a LAN are links, too", () => {
  const links = (/** @type {string} */ text) =>
    partsOf(text).flatMap(({ kind, text: shown, href }) =>
      kind === "link" ? [[shown, href]] : [],
    );
  for (const [address, href] of [
    ["http://[fd00::2]:8765/", "http://[fd00::2]:8765/"],
    ["https://[::1]/a.b?x=1#y", "https://[::1]/a.b?x=1#y"],
    ["[fe80::1]:80", "http://[fe80::1]:80"],
    ["192.168.1.20:8000", "http://192.168.1.20:8000"],
    ["192.168.1.20:8000/room12/?a=b", "http://192.168.1.20:8000/room12/?a=b"],
    ["lanchat.local:8765", "http://lanchat.local:8765"],
    ["Lanchat-2.Local:8765/chat", "http://Lanchat-2.Local:8765/chat"],
    ["localhost:8765", "http://localhost:8765"],
    ["pc.home.arpa:80", "http://pc.home.arpa:80"],
  ]) {
    for (const around of ["*", "see *, then", "(*)", "a\n*\nb", "é *.", "“*”", "=*!"]) {
      assert.deepEqual(links(around.replace("*", address)), [[address, href]], around + address);
    }
  }
  assert.deepEqual(links("192.168.1.20:8000 lanchat.local:8765 http://[fd00::2]:8765/").length, 3);
  assert.deepEqual(links("www.example.org/?u=10.0.0.1:80"), [
    ["www.example.org/?u=10.0.0.1:80", "http://www.example.org/?u=10.0.0.1:80"],
  ]);
});

test("numbers and names that are no address stay what they are", () => {
  for (const text of [
    ...["1.2.3.4", "999.1.1.1:80", "10.0.0.1:99999", "1.2.3.4.5:80", "at 12:30", "main.py:12"],
    ...["lanchat.local", "x@lanchat.local:80", "a[1]:2", "[::zz]:80", "é192.168.1.1:80", "2:1"],
    ...["10.0.0.1:80a", "mylocal:80", "http://[fd00::2", "10.0.0.1:80:90", "/etc/10.0.0.1:80"],
  ]) {
    assert.deepEqual(parts(text), [["text", text]]);
  }
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
  ]) {
    assert.ok(endsRightToLeft(text));
  }
  for (const text of ["", "hello שלום", "שלום\nhello", "123", "שלום\n```\nx = 1\n```"]) {
    assert.ok(!endsRightToLeft(text));
  }
});
