// What a frame of text says, layer by layer: the digit of Engine.IO, that of Socket.IO, the number of
// the acknowledgement, and JSON; and what a close frame says.

import { element, lastOf } from "../dom.js";
import { packetMeaning } from "./explain.js";
import { layerSign } from "./signs.js";
import { pointing, section } from "./section.js";

const SHOWN = 32; // characters of a part
const JSON_SOURCE = { text: "RFC 8259", href: "https://www.rfc-editor.org/rfc/rfc8259" };

/**
 * @param {Inspect.Read} read
 * @param {{ words: Words, point: Inspect.Point }} options
 */
export function drawText({ entry }, { words, point }) {
  if (entry.close) return [closing(entry.close, words)];
  const { text, packet } = entry;
  if (text === undefined) return [];
  const pieces = element("p", "pieces");
  const parts = packet ? partsOf(text, packet, entry.from) : [];
  for (const { written, meaning } of parts) {
    const its = shortened(written);
    const sign = layerSign(meaning.layer);
    const node = element("button", "pieces__piece", sign, element("code", "", its));
    node.type = "button";
    node.dataset.layer = meaning.layer;
    pointing(node, meaning, point);
    pieces.append(node);
  }
  const whole = element("pre", "pieces__text", pretty(lastOf(parts)?.written ?? text));
  whole.tabIndex = 0;
  return [section("frame-text", words.t("inspect.frame.text"), pieces, whole)];
}

/**
 * The text of a packet in its parts: digit by digit, and the rest.
 * @param {string} text
 * @param {NonNullable<Inspect.Frame["packet"]>} packet
 * @param {Inspect.Side} from
 * @returns {{ written: string, meaning: Inspect.Meaning }[]}
 */
function partsOf(text, packet, from) {
  const whole = packetMeaning(packet, from);
  const engine = packetMeaning({ ...packet, socket: null }, from);
  const parts = [{ written: text[0], meaning: engine }];
  let place = 1;
  if (packet.socket !== null) {
    parts.push({ written: text[1], meaning: whole });
    place = 2;
  }
  if (packet.ack !== null) {
    const number = String(packet.ack);
    parts.push({ written: number, meaning: { ...whole, key: "field_ack" } });
    place = text.indexOf(number, place) + number.length;
  }
  const rest = text.slice(place);
  if (/^[[{]/.test(rest)) {
    const json = { key: "field_json", source: JSON_SOURCE };
    parts.push({ written: rest, meaning: { ...whole, ...json } });
  } else if (rest !== "") {
    parts.push({ written: rest, meaning: { ...whole, key: "field_rest" } });
  }
  return parts;
}

/** @param {string} text */
function shortened(text) {
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}

/**
 * JSON with a line for each value; any other text as it is.
 * @param {string} text
 */
function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text; // it was not kept to its end, for example
  }
}

/**
 * @param {{ code: number, reason: string }} close
 * @param {Words} words
 */
function closing({ code, reason }, words) {
  const line = element("p", "", words.t("inspect.frame.close", { code }), " ", reason);
  return section("frame-text", words.t("inspect.frame.text"), line);
}
