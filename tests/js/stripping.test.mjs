// js/files/stripping.js: pictures stay what they look like, and lose the rest.

import assert from "node:assert/strict";
import { test } from "node:test";

import { stripped } from "#js/files/stripping.js";

/** @param {(string | number[])[]} parts */
function bytes(...parts) {
  return new Uint8Array(
    Buffer.concat(
      parts.map((part) =>
        typeof part === "string" ? Buffer.from(part, "latin1") : Buffer.from(part),
      ),
    ),
  );
}

/**
 * @param {string} kind
 * @param {string} data
 */
function chunk(kind, data) {
  return bytes([0, 0, 0, data.length], kind, data, "crc!");
}

/**
 * @param {number} marker
 * @param {string} data
 */
function segment(marker, data) {
  return bytes([0xff, marker, 0, data.length + 2], data);
}

/** @param {Stripped | null} result */
function textOf(result) {
  assert.ok(result);
  return Buffer.concat(result.parts).toString("latin1");
}

/** @param {Uint8Array[]} all */
const joined = (...all) => new Uint8Array(Buffer.concat(all));

const PNG = bytes([0x89], "PNG\r\n\x1a\n");
const IHDR = chunk("IHDR", "\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0");
const IEND = chunk("IEND", "");

test("a PNG loses its texts, its EXIF and what stands behind its end", () => {
  const looks = [chunk("gAMA", "1234"), chunk("IDAT", "pixels")];
  const secrets = [chunk("eXIf", "place"), chunk("tEXt", "Author\0Ana"), chunk("iTXt", "XML")];
  const file = joined(PNG, IHDR, ...secrets, ...looks, IEND, bytes("more"));
  assert.equal(
    textOf(stripped(file)),
    Buffer.concat([PNG, IHDR, ...looks, IEND]).toString("latin1"),
  );
});

test("a PNG that moves or is transparent says so", () => {
  const plain = stripped(joined(PNG, IHDR, IEND));
  assert.deepEqual([plain?.moves, plain?.alpha], [false, false]);
  const moving = stripped(joined(PNG, IHDR, chunk("acTL", "12345678"), chunk("tRNS", "1"), IEND));
  assert.deepEqual([moving?.moves, moving?.alpha], [true, true]);
});

test("a JPEG loses EXIF, XMP, comments, and the pictures behind it", () => {
  const kept = [segment(0xe0, "JFIF\0"), segment(0xe2, "ICC_PROFILE\0abc"), segment(0xdb, "table")];
  const scan = joined(
    segment(0xda, "scan"),
    bytes("pi", [0xff, 0, 0xff, 0xd0], "xels", [0xff, 0xd9]),
  );
  const secrets = [
    segment(0xe1, "Exif\0\0place"),
    segment(0xe1, "http://ns.adobe.com/xap/1.0/\0"),
    segment(0xe2, "MPF\0others"),
    segment(0xfe, "by Ana"),
  ];
  const start = bytes([0xff, 0xd8]);
  const file = joined(start, ...secrets, ...kept, scan, bytes([0xff, 0xd8], "second"));
  assert.equal(textOf(stripped(file)), Buffer.concat([start, ...kept, scan]).toString("latin1"));
});

test("a JPEG that is to be turned says so", () => {
  const tiff = (/** @type {number} */ way) =>
    `Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0${String.fromCharCode(way)}\0\0`;
  const file = (/** @type {number} */ way) =>
    joined(bytes([0xff, 0xd8]), segment(0xe1, tiff(way)), segment(0xda, ""), bytes([0xff, 0xd9]));
  assert.equal(stripped(file(1))?.turned, false);
  assert.equal(stripped(file(6))?.turned, true);
});

test("a WebP loses EXIF and XMP, and says so nowhere", () => {
  const part = (/** @type {string} */ kind, /** @type {string} */ data) =>
    bytes(kind, [data.length, 0, 0, 0], data, data.length % 2 ? "\0" : "");
  const head = (/** @type {number} */ size) => bytes("RIFF", [size, 0, 0, 0], "WEBP");
  const extended = part("VP8X", "\x1e\0\0\0\0\0\0\0\0\0");
  const file = joined(head(99), extended, part("VP8 ", "pixel"), part("EXIF", "place"));
  const result = stripped(file);
  assert.deepEqual([result?.moves, result?.alpha], [true, true]);
  const bare = part("VP8X", "\x12\0\0\0\0\0\0\0\0\0");
  const wanted = Buffer.concat([head(36), bare, part("VP8 ", "pixel")]);
  assert.equal(textOf(result), wanted.toString("latin1"));
});

test("what is cut off, or no picture, is left alone", () => {
  assert.equal(stripped(joined(PNG, IHDR)), null);
  assert.equal(stripped(bytes([0xff, 0xd8, 0xff, 0xe1, 0xff, 0xff], "x")), null);
  assert.equal(stripped(bytes("GIF89a")), null);
  assert.equal(stripped(bytes("")), null);
});
