// The head of a frame as the figure of RFC 6455, 5.2, has it: each bit, and which field it is of.

import { element } from "../dom.js";
import { byteMeaning, fieldMeaning, headFields, keyText } from "./fields.js";
import { bitsOf, hexOf } from "./digits.js";
import { pointing, section } from "./section.js";

const SHOWN = 6; // bytes of the payload

/**
 * @param {Inspect.Read} read
 * @param {{ words: Words, point: Inspect.Point }} options
 */
export function drawBits(read, { words, point }) {
  const figure = element("div", "bits");
  for (const { name, label, bits, value } of headFields(read)) {
    const cells = [...bits].map((bit) => element("span", "bits__bit", bit));
    const node = field(name, cells, label, value);
    node.style.setProperty("--bits", String(bits.length));
    pointing(node, fieldMeaning(name, value), point);
    figure.append(node);
  }
  const rest = element("div", "bits bits--rest", ...restOf(read, words, point));
  return section("frame-bits", words.t("inspect.frame.bits"), figure, rest);
}

/**
 * The fields behind the first two bytes, those that there are.
 * @param {Inspect.Read} read
 * @param {Words} words
 * @param {Inspect.Point} point
 */
function restOf(read, words, point) {
  const { head, bytes, entry } = read;
  const size = words.count("inspect.bytes", entry.head.length);
  const begin = Array.from(bytes.slice(head.start, head.start + SHOWN), hexOf).join(" ");
  const dots = entry.head.length > SHOWN ? " …" : "";
  const fields = [];
  if (head.extended > 0) {
    const bits = Array.from(bytes.slice(2, 2 + head.extended), bitsOf).join(" ");
    const node = field("extended", [bits], "extended payload length", String(head.length));
    pointing(node, byteMeaning(read, 2), point);
    fields.push(node);
  }
  if (head.key !== null) {
    const node = field("key", [keyText(head)], "masking-key", "32 bit");
    pointing(node, fieldMeaning("key", keyText(head)), point);
    fields.push(node);
  }
  const payload = field("payload", [begin + dots], "payload data", size);
  pointing(payload, fieldMeaning("payload", size), point);
  return [...fields, payload];
}

/**
 * @param {string} name
 * @param {readonly (Node | string)[]} cells
 * @param {string} label
 * @param {string} value
 */
function field(name, cells, label, value) {
  const node = element("button", "bits__field", element("span", "bits__cells", ...cells));
  node.append(element("span", "bits__label", label), element("span", "bits__value", value));
  node.type = "button";
  node.dataset.field = name;
  return node;
}
