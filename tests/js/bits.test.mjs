// js/inspect/bits.js: a frame from its bytes, as RFC 6455 has it; fields.js and explain.js: what is
// said of it.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { agrees, fieldAt, readByte, readHead, unmask, wrongBit } from "#js/inspect/bits.js";
import { KNOWN_EVENTS, rowsOf } from "#js/inspect/explain.js";
import { byteMeaning, headFields } from "#js/inspect/fields.js";
import { bytesOf } from "#js/inspect/digits.js";

// The examples of RFC 6455, 5.7.
const HELLO = "810548656c6c6f";
const MASKED = "818537fa213d7f9f4d5158";

/** @param {string} hex */
function read(hex) {
  const bytes = bytesOf(hex);
  const head = readHead(bytes);
  assert.ok(head !== null);
  const payload = bytes.slice(head.start);
  return { entry: FRAME, bytes, head, payload, plain: unmask(payload, head.key) };
}

const FRAME = /** @type {Inspect.Frame} */ ({
  ...{ kind: "frame", key: 1, at: 0, connection: 1, from: "browser", size: 11, bytes: MASKED },
  ...{ text: "Hello", answers: null, answered: null },
  head: {
    ...{ fin: true, rsv: 0, opcode: 1, masked: true, length: 5, length_bits: 7 },
    key: "37fa213d",
  },
});

test("the RFC's examples say Hello with a mask and without", () => {
  for (const hex of [HELLO, MASKED]) {
    assert.equal(new TextDecoder().decode(read(hex).plain), "Hello");
  }
});

test("a length is written in 7, 16 or 64 bits", () => {
  const heads = [
    { hex: "827d", length: 125, extended: 0 },
    { hex: "827e007e", length: 126, extended: 2 },
    { hex: "827effff", length: 65_535, extended: 2 },
    { hex: "827f0000000000010000", length: 65_536, extended: 8 },
  ];
  for (const { hex, length, extended } of heads) {
    const head = readHead(bytesOf(hex));
    assert.deepEqual([head?.length, head?.extended, head?.start], [length, extended, 2 + extended]);
  }
});

test("a head that is not all there is none", () => {
  for (const hex of ["", "81", "827e00", "8185aabbcc"]) assert.equal(readHead(bytesOf(hex)), null);
});

test("the page and the server agree, or it is seen that they do not", () => {
  const { head } = read(MASKED);
  assert.ok(agrees(head, FRAME.head));
  const others = [{ fin: false }, { rsv: 4 }, { opcode: 2 }, { length: 6 }, { key: "37fa213e" }];
  for (const other of others) assert.ok(!agrees(head, { ...FRAME.head, ...other }));
});

test("every byte has its field", () => {
  const { head } = read(MASKED);
  const fields = Array.from({ length: 11 }, (_, place) => fieldAt(head, place));
  const key = ["key", "key", "key", "key"];
  const payload = ["payload", "payload", "payload", "payload", "payload"];
  assert.deepEqual(fields, ["byte0", "byte1", ...key, ...payload]);
});

test("bits stand in the order of the RFC's figure", () => {
  const bits = headFields(read(MASKED)).map(({ label, bits: its }) => `${label} ${its}`);
  const second = ["MASK 1", "payload len 0000101"];
  assert.deepEqual(bits, ["FIN 1", "RSV 000", "opcode 0001", ...second]);
});

test("an answer is two digits or eight bits, and the first wrong bit is named", () => {
  const written = ["4a", "0x4A", " 4a ", "01001010", "0b01001010"];
  for (const text of written) assert.equal(readByte(text), 0x4a);
  for (const text of ["", "g0", "123", "0x", "0101"]) assert.equal(readByte(text), null);
  assert.equal(wrongBit(0x48, 0x48), 0);
  assert.equal(wrongBit(0xc8, 0x48), 1);
  assert.equal(wrongBit(0x49, 0x48), 8);
});

test("whatever is said of a byte or a row has its text", async () => {
  const masked = read(MASKED);
  const meanings = masked.bytes.reduce(
    (/** @type {Inspect.Meaning[]} */ all, _, place) => [
      ...all,
      byteMeaning(masked, place),
      byteMeaning(read("827e007e00"), place % 5),
    ],
    [],
  );
  const sides = /** @type {const} */ (["browser", "server"]);
  for (const from of sides) {
    for (let engine = 0; engine <= 6; engine += 1) {
      const packet = { engine, socket: null, ack: null, event: null };
      meanings.push(rowsOf({ ...FRAME, from, packet })[0].meaning);
    }
    for (let socket = 0; socket <= 6; socket += 1) {
      for (const ack of [null, 3]) {
        const packet = { engine: 4, socket, ack, event: null };
        meanings.push(rowsOf({ ...FRAME, from, packet })[0].meaning);
      }
    }
    for (let opcode = 0; opcode <= 15; opcode += 1) {
      meanings.push(rowsOf({ ...FRAME, from, head: { ...FRAME.head, opcode } })[0].meaning);
    }
  }
  const catalogue = new URL("../../src/lanchat/locales/en.json", import.meta.url);
  const texts = JSON.parse(await readFile(catalogue, "utf-8"));
  for (const event of KNOWN_EVENTS) assert.ok(texts[`inspect.event.${event}`], event);
  for (const { key, params } of meanings) {
    for (const name of [`inspect.what.${key}`, `inspect.what.${key}.title`]) {
      assert.ok(texts[name], name);
      const wanted = [...texts[name].matchAll(/\{(\w+)\}/g)].map(([, param]) => param);
      for (const param of wanted) assert.ok(param in params, `${name}: ${param}`);
    }
  }
});
