// What a message says in a line, where its words are not all of it, or there are none.

import { beginningOf } from "./copies.js";
import { isBlank, spokenIn } from "./text.js";

const MOST_LETTERS = 120; // of what is quoted, in its one line
const PICTURE = /^image\/(jpeg|png|gif|webp|avif)$/;

/**
 * Whether pages show a file of this type as a picture.
 * @param {string} type
 */
export function isPicture(type) {
  return PICTURE.test(type);
}

/**
 * The beginning of what is said, without the marks of its structure; without words, what is sent.
 * @param {Pick<Quoted, "message" | "files">} said
 * @param {Words} words
 */
export function gistOf({ message, files = [] }, words) {
  if (files.length > 0 && isBlank(message)) return nameOf(files, words);
  const spoken = spokenIn(beginningOf(message, 2 * MOST_LETTERS));
  return beginningOf(spoken.replace(/\s+/g, " ").trim(), MOST_LETTERS);
}

/**
 * @param {readonly Attachment[]} files
 * @param {Words} words
 */
function nameOf(files, words) {
  const { length } = files;
  const kind = files.every(({ type }) => isPicture(type)) ? "pictures" : "files";
  if (length > 1) return words.count(`client.files.${kind}`, length);
  return kind === "pictures" ? words.t("client.files.picture") : files[0].name;
}
