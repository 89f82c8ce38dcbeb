// js/inline.js: what of a line is a link, code or emphasis.

import assert from "node:assert/strict";
import { test } from "node:test";

import { partsOf } from "#js/inline.js";

const parts = (/** @type {string} */ line) =>
  partsOf(line).map((part) => [part.kind, "text" in part ? part.text : shown(part.parts)]);

/**
 * Parts as one string.
 * @param {readonly Inline[]} inner
 * @returns {string}
 */
function shown(inner) {
  return inner
    .map((part) => ("parts" in part ? `<${part.kind} ${shown(part.parts)}>` : part.text))
    .join("");
}

const written = (/** @type {string} */ line) => shown(partsOf(line));

test("a line without anything is one part", () => {
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
    partsOf(text).flatMap((part) => (part.kind === "link" ? [[part.text, part.href]] : []));
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
    for (const around of ["*", "see *, then", "(*)", "é *.", "“*”", "=*!"]) {
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

test("a backtick alone is a backtick", () => {
  assert.deepEqual(parts("it`s"), [["text", "it`s"]]);
});

test("code stands as it was typed", () => {
  assert.deepEqual(parts("run `ls http://a.example` or ``a ` b``"), [
    ["text", "run "],
    ["code", "ls http://a.example"],
    ["text", " or "],
    ["code", "a ` b"],
  ]);
});

test("marks around words are emphasis, one in another, too", () => {
  for (const [line, expected] of [
    ["**now** and *then*", "<strong now> and <em then>"],
    ["_so_, (*yes*) «**sim**»!", "<em so>, (<em yes>) «<strong sim>»!"],
    ["~~no~~ ***both***", "<strike no> <strong <em both>>"],
    ["*a **b** c*", "<em a <strong b> c>"],
    ["这是**重要**的", "这是<strong 重要>的"],
    ["**see `a**b`**", "<strong see a**b>"],
    ["**http://a.example/x** _www.a.example_", "<strong http://a.example/x> <em www.a.example>"],
  ]) {
    assert.equal(written(line), expected);
  }
});

test("what is no emphasis stays as it was typed", () => {
  for (const line of [
    ...["__init__.py", "2*3*4", "2**3**4", "snake_case_name", "a * b * c", "f(*args, **kw)"],
    ...[
      "*.txt and *.md",
      "___ fill ____ in",
      "~5 to ~10",
      "C:\\_temp_",
      "* a*",
      "**",
      "****",
      "*a",
    ],
  ]) {
    assert.deepEqual(parts(line), [["text", line]]);
  }
});

test("an address in marks is a link without them", () => {
  const [strong] = partsOf("**http://a.example/x**");
  assert.ok("parts" in strong);
  assert.deepEqual(strong.parts, [
    { kind: "link", text: "http://a.example/x", href: "http://a.example/x" },
  ]);
});

test("marks are read to a depth that a reader can follow, and all letters are kept", () => {
  const line = `${"*a **b ".repeat(200)}${" b** a*".repeat(200)}`;
  assert.equal(
    written(line).replaceAll(/<\w+ |>/g, "").length,
    line.length - marksOf(partsOf(line)),
  );
});

/**
 * How many characters of what is shown were marks.
 * @param {readonly Inline[]} inner
 * @returns {number}
 */
function marksOf(inner) {
  return inner
    .flatMap((part) => ("parts" in part ? [part] : []))
    .reduce((sum, { kind, parts: within }) => {
      const length = kind === "em" ? 1 : 2;
      return sum + 2 * length + marksOf(within);
    }, 0);
}
