// What the lines of a handshake say, pure: RFC 6455, 4, and RFC 9110.

import { rfc6455 } from "./explain.js";

/** @type {(section: string) => Inspect.Source} */
const rfc9110 = (section) => ({
  text: `RFC 9110, ${section}`,
  href: `https://www.rfc-editor.org/rfc/rfc9110#section-${section}`,
});

/** By the name of a field, what is said of it and where its rule stands. */
const FIELDS = /** @type {Readonly<Record<string, [key: string, source: Inspect.Source]>>} */ ({
  host: ["host", rfc9110("7.2")],
  upgrade: ["upgrade", rfc9110("7.8")],
  connection: ["connection", rfc9110("7.6.1")],
  origin: ["origin", rfc6455("10.2")],
  cookie: [
    "cookie",
    { text: "RFC 6265, 4.2", href: "https://www.rfc-editor.org/rfc/rfc6265#section-4.2" },
  ],
  "sec-websocket-key": ["key", rfc6455("11.3.1")],
  "sec-websocket-accept": ["accept", rfc6455("11.3.3")],
  "sec-websocket-version": ["version", rfc6455("11.3.5")],
  "sec-websocket-extensions": ["extensions", rfc6455("9.1")],
});

/**
 * What a line of a head is; `part` is the name of its field where it is one that matters here.
 * @param {string} line
 * @param {number} place
 * @param {"request" | "answer"} head
 * @returns {{ part: string, meaning: Inspect.Meaning }}
 */
export function lineOf(line, place, head) {
  if (place === 0) {
    const source = rfc6455(head === "request" ? "4.1" : "4.2.2");
    return { part: "first", meaning: meaning(`head_${head}`, "", source) };
  }
  const name = line.slice(0, Math.max(0, line.indexOf(":")));
  const [part, source] = FIELDS[name.toLowerCase()] ?? ["other", rfc9110("6.3")];
  return { part, meaning: meaning(`head_${part}`, name, source) };
}

/**
 * @param {string} key
 * @param {string} name the field's, as it was sent
 * @param {Inspect.Source} source
 * @returns {Inspect.Meaning}
 */
function meaning(key, name, source) {
  return { layer: "H", key, params: { name }, source };
}

/**
 * Base64 as hexadecimal; "" for what is none.
 * @param {string} text
 */
export function hexOfBase64(text) {
  try {
    const bytes = Array.from(atob(text), (letter) => letter.charCodeAt(0));
    return bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
  } catch {
    return "";
  }
}

/**
 * In pairs of digits, as bytes are read.
 * @param {string} hex
 */
export function paired(hex) {
  return hex.replace(/..(?=.)/g, "$& ");
}

/**
 * What computes the same in a terminal. A key has no quotes in it: it is base64.
 * @param {string} joined
 */
export function commandFor(joined) {
  return `printf %s '${joined}' | openssl sha1 -binary | base64`;
}
