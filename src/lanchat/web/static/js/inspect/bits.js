// A frame of WebSocket from its bytes, pure: RFC 6455, 5.2. The server has read it, too, and both
// have to come to the same.

const FIN = 0x80;
const RSV = 0x70;
const OPCODE = 0x0f;
const MASK = 0x80;
const LENGTH = 0x7f;
const KEY = 4; // bytes
/** How many bytes say the length where the second one has this in its last seven bits. */
const EXTENDED = /** @type {Readonly<Record<number, number>>} */ ({ 126: 2, 127: 8 });

/**
 * What stands at the beginning of a frame; null where not all of it is there.
 * @param {Uint8Array} bytes
 * @returns {Inspect.Head | null}
 */
export function readHead(bytes) {
  if (bytes.length < 2) return null;
  const [first, second] = bytes;
  const short = second & LENGTH;
  const extended = EXTENDED[short] ?? 0;
  const masked = (second & MASK) !== 0;
  const start = 2 + extended + (masked ? KEY : 0);
  if (bytes.length < start) return null;
  return {
    fin: (first & FIN) !== 0,
    rsv: (first & RSV) >> 4,
    opcode: first & OPCODE,
    masked,
    short,
    length: extended === 0 ? short : numberOf(bytes.slice(2, 2 + extended)),
    extended,
    key: masked ? bytes.slice(start - KEY, start) : null,
    start,
  };
}

/**
 * The most significant byte is the first: the order of the network.
 * @param {Uint8Array} bytes
 */
function numberOf(bytes) {
  return bytes.reduce((number, byte) => number * 256 + byte, 0);
}

/**
 * Whether the server says the same of it.
 * @param {Inspect.Head} ours
 * @param {Inspect.Frame["head"]} theirs
 */
export function agrees(ours, theirs) {
  const hex = Array.from(ours.key ?? [], (byte) => byte.toString(16).padStart(2, "0")).join("");
  return (
    ours.fin === theirs.fin &&
    ours.rsv === theirs.rsv &&
    ours.opcode === theirs.opcode &&
    ours.masked === theirs.masked &&
    ours.length === theirs.length &&
    (ours.extended * 8 || 7) === theirs.length_bits &&
    hex === theirs.key
  );
}

/**
 * The field of a frame that a byte belongs to.
 * @param {Inspect.Head} head
 * @param {number} place
 * @returns {"byte0" | "byte1" | "extended" | "key" | "payload"}
 */
export function fieldAt(head, place) {
  if (place === 0) return "byte0";
  if (place === 1) return "byte1";
  if (place < 2 + head.extended) return "extended";
  return place < head.start ? "key" : "payload";
}

/**
 * The payload without its mask; the same turns it back.
 * @param {Uint8Array} payload
 * @param {Uint8Array | null} key
 */
export function unmask(payload, key) {
  return key === null ? payload : payload.map((byte, i) => byte ^ key[i % KEY]);
}

/**
 * A byte as somebody writes it: two digits in hexadecimal, or eight bits; null for anything else.
 * @param {string} text
 */
export function readByte(text) {
  const written = text
    .trim()
    .toLowerCase()
    .replace(/^0[xb](?=.)/, "");
  if (/^[01]{8}$/.test(written)) return parseInt(written, 2);
  return /^[\da-f]{1,2}$/.test(written) ? parseInt(written, 16) : null;
}

/**
 * The first bit, from the left, in which an answer differs: its place from 1 on; 0 for none.
 * @param {number} answer
 * @param {number} right
 */
export function wrongBit(answer, right) {
  const differs = (answer ^ right) & 0xff;
  return differs === 0 ? 0 : Math.clz32(differs) - 23;
}
