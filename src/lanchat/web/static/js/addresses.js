// Addresses of a LAN, which a finder of links for the internet does not know: IPv6 in brackets, and
// numbers or local names with a port, as people read them from a screen.

// No lookbehind, which Safari has learnt late: what stands before an address is a group of its own.
const ADDRESS = new RegExp(
  [
    String.raw`(^|[^\p{L}\p{N}_.@/:%[\]-])`,
    String.raw`(https?:\/\/\[[\da-f:.]+\](?::\d+)?`, // with its scheme, a port is not needed
    String.raw`|(?:\[[\da-f:.]+\]|\d+(?:\.\d+){3}|localhost|`,
    String.raw`(?:[a-z\d](?:[a-z\d-]*[a-z\d])?\.)+(?:local|lan|internal|home\.arpa)):\d+)`,
    String.raw`(?![\p{L}\p{N}_@-]|[.:][\p{L}\p{N}])`,
    String.raw`((?:[/?#][^\s<>"]*)?)`,
  ].join(""),
  "giu",
);
const MAY_BE_ONE = /\]|:\d/;
const BEHIND_A_SENTENCE = /[.,;:!?'’”»]$/;

/**
 * Where in the text there are such addresses.
 * @param {string} text
 */
export function localAddresses(text) {
  if (!MAY_BE_ONE.test(text)) return [];
  return [...text.matchAll(ADDRESS)].flatMap(({ index, 1: before, 2: host, 3: path }) => {
    const value = host + withoutEnd(path);
    const href = value.includes("://") ? value : `http://${value}`;
    const start = index + before.length;
    return isAddress(href) ? [{ start, end: start + value.length, value, href }] : [];
  });
}

/**
 * The path without what belongs to the sentence around it.
 * @param {string} path
 */
function withoutEnd(path) {
  let kept = path;
  while (BEHIND_A_SENTENCE.test(kept) || (kept.endsWith(")") && !kept.includes("("))) {
    kept = kept.slice(0, -1);
  }
  return kept;
}

/** @param {string} href */
function isAddress(href) {
  try {
    return new URL(href).hostname !== ""; // it knows what numbers are no address, nor a port
  } catch {
    return false;
  }
}
