// js/attachments.js and js/gist.js: what a message's files are called, and the room they take.

import assert from "node:assert/strict";
import { test } from "node:test";

import { fitting, kindOf, pathOf, picturesIn } from "#js/attachments.js";
import { gistOf } from "#js/gist.js";
import { makeWords } from "#js/words.js";
import { message } from "./world.mjs";

const words = makeWords(
  {
    "client.files.picture": "Picture",
    "client.files.pictures.other": "{count} pictures",
    "client.files.files.other": "{count} files",
  },
  "en",
);

/**
 * @param {string} name
 * @param {string} type
 * @returns {Attachment}
 */
const file = (name, type) => ({ id: name, name, type, size: 9 });
const PHOTO = file("a.jpg", "image/jpeg");
const PDF = file("b.pdf", "application/pdf");

test("a picture keeps its shape within what it may take", () => {
  assert.deepEqual(fitting({ width: 2048, height: 1024 }), { width: 320, height: 160 });
  assert.deepEqual(fitting({ width: 100, height: 80 }), { width: 100, height: 80 });
  assert.deepEqual(fitting({ width: 10, height: 4_000 }), { width: 48, height: 320 });
});

test("a file's kind is the ending of its name, or what is in it", () => {
  assert.equal(kindOf("sheet 3.PDF", "application/pdf"), "PDF");
  assert.equal(kindOf("README", "text/plain"), "PLAIN");
  assert.equal(kindOf("README", "application/octet-stream"), "");
});

test("an address can have any name in it", () => {
  assert.equal(pathOf({ id: "1", name: "a/b ü?.jpg" }), "files/1/a%2Fb%20%C3%BC%3F.jpg");
});

test("a message without words is called by what it has", () => {
  const gist = (/** @type {readonly Attachment[]} */ ...files) =>
    gistOf({ message: "", files }, words);
  assert.equal(gist(PHOTO), "Picture");
  assert.equal(gist(PHOTO, PHOTO), "2 pictures");
  assert.equal(gist(PDF), "b.pdf");
  assert.equal(gist(PHOTO, PDF), "2 files");
  assert.equal(gistOf({ message: "**look**", files: [PHOTO] }, words), "look");
});

test("the pictures of the talk are shown in their order, with who sent them", () => {
  const said = [message(1, { files: [PHOTO, PDF] }), message(2), message(3, { files: [PHOTO] })];
  const pictures = picturesIn(said);
  assert.deepEqual(
    pictures.map(({ name, user }) => [name, user]),
    [
      ["a.jpg", "Bia"],
      ["a.jpg", "Bia"],
    ],
  );
});

test("sizes are written in the reader's language", () => {
  assert.equal(words.size(300), "300 bytes");
  assert.equal(words.size(12_345), "12 kB");
  assert.equal(words.size(1_500_000), "1.5 MB");
  assert.equal(makeWords({}, "de").size(1_500_000), "1,5 MB");
});
