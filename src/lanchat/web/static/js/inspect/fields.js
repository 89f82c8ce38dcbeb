// What the fields of a frame are, pure: by the name of the field, with what stands in it.

import { fieldAt } from "./bits.js";
import { OPCODES, rfc6455 } from "./explain.js";
import { bitsOf, hexOf } from "./digits.js";

const KEY = 4; // bytes
const SPACE = 0x20;
const DELETE = 0x7f;

/**
 * A field of the first two bytes, as the RFC's figure names it: its bits, and what they say.
 * @param {Inspect.Read} read
 * @returns {{ name: string, label: string, bits: string, value: string }[]}
 */
export function headFields({ bytes, head }) {
  const [first, second] = [bitsOf(bytes[0]), bitsOf(bytes[1])];
  const kind = OPCODES[head.opcode];
  return [
    { name: "fin", label: "FIN", bits: first[0], value: first[0] },
    { name: "rsv", label: "RSV", bits: first.slice(1, 4), value: String(head.rsv) },
    {
      ...{ name: "opcode", label: "opcode", bits: first.slice(4) },
      value: kind ? `${head.opcode} ${kind}` : String(head.opcode),
    },
    { name: "mask", label: "MASK", bits: second[0], value: second[0] },
    { name: "length", label: "payload len", bits: second.slice(1), value: String(head.short) },
  ];
}

/**
 * @param {string} name
 * @param {string} value
 * @returns {Inspect.Meaning}
 */
export function fieldMeaning(name, value) {
  return meaning(`field_${name}`, { value }, name === "key" || name === "mask" ? "5.3" : "5.2");
}

/**
 * @param {string} key
 * @param {Params} params
 * @param {string} section
 * @returns {Inspect.Meaning}
 */
function meaning(key, params, section) {
  return { layer: "W", key, params, source: rfc6455(section) };
}

/**
 * What a byte of the whole frame is.
 * @param {Inspect.Read} read
 * @param {number} place
 */
export function byteMeaning(read, place) {
  const { bytes, head } = read;
  const field = fieldAt(head, place);
  const params = { hex: hexOf(bytes[place]), bits: bitsOf(bytes[place]) };
  if (field === "extended") {
    const value = { value: head.length, bits: 8 * head.extended };
    return meaning("field_extended", value, "5.2");
  }
  if (field === "payload") return payloadMeaning(read, place - head.start);
  if (field === "key") return meaning("field_key", { value: keyText(head) }, "5.3");
  return meaning(`field_${field}`, params, "5.2");
}

/**
 * What a byte of the payload is.
 * @param {Inspect.Read} read
 * @param {number} place
 */
export function payloadMeaning({ head, payload, plain }, place) {
  const letter = letterOf(plain[place]);
  const params = { place: place + 1, hex: hexOf(plain[place]), letter };
  if (head.key === null) return meaning("field_plain", params, "5.2");
  const which = place % KEY;
  const made = { wire: hexOf(payload[place]), key: hexOf(head.key[which]), which: which + 1 };
  return meaning("field_masked", { ...params, ...made }, "5.3");
}

/** @param {Inspect.Head} head */
export function keyText({ key }) {
  return Array.from(key ?? [], hexOf).join(" ");
}

/**
 * A byte as a letter; a dot for what is none in ASCII.
 * @param {number} byte
 */
export function letterOf(byte) {
  return byte >= SPACE && byte < DELETE ? String.fromCharCode(byte) : "·";
}
