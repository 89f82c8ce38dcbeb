// Addresses in a text. Those of the web are links with their scheme or with "www." alone: what else
// looks like one (`main.py` is in Paraguay) is mostly none. Those of a LAN are links as people read
// them from a screen: IPv6 in brackets, and numbers or local names with a port.

// No lookbehind, which Safari has learnt late: what stands before an address is a group of its own.
const WEB = /(^|[^\p{L}\p{N}_@/.:-])((?:https?:\/\/|www\.)[\p{L}\p{N}[][^\s<>"]*)/giu;
const LOCAL = new RegExp(
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
const MAY_BE_ONE = /\]|:\d|:\/\/|www\./i;
const BEHIND_A_SENTENCE = /[.,;:!?'’”»]$/;

/**
 * Where in the text there are addresses, in their order; one begins where the one before has ended.
 * @param {string} text
 */
export function addressesIn(text) {
  if (!MAY_BE_ONE.test(text)) return [];
  const found = [...text.matchAll(LOCAL), ...text.matchAll(WEB)].flatMap(
    ({ index, 1: before, 2: head, 3: path }) => {
      const value = path === undefined ? withoutEnd(head) : head + withoutEnd(path);
      const href = /^https?:/i.test(value) ? value : `http://${value}`;
      const start = index + before.length;
      return isAddress(href) ? [{ start, end: start + value.length, value, href }] : [];
    },
  );
  let free = 0;
  return found
    .sort((one, other) => one.start - other.start)
    .filter(({ start, end }) => {
      if (start < free) return false;
      free = end;
      return true;
    });
}

/**
 * An address, or the end of one, without what belongs to the sentence around it.
 * @param {string} address
 */
function withoutEnd(address) {
  let kept = address;
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
