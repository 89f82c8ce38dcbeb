// The line below the page: what is typed there goes to the main room as a real message, by the
// connection that is looked at.

import { byId, setText } from "../dom.js";
import { newClientId, postRequest } from "../protocol.js";
import { isBlank } from "../text.js";

const AN_ID = "00000000-0000-4000-8000-000000000000"; // as long as any
const MASK = 4;
const SMALL = 125; // bytes whose number stands in the head's second byte
const MEDIUM = 0xffff;

/**
 * What the next message will do, before it is sent.
 * @typedef {{ digits: string, size: number, people: number }} Next
 */

/**
 * `ask(request)` promises the server's answer, or null where none came.
 * @param {{
 *   words: Words, limit: number, people: () => number, onChange: () => void,
 *   ask: (request: Wire.Request<"new_message">) => Promise<Wire.Answer<"new_message"> | null>,
 * }} options
 */
export function mountSaying({ words, limit, people, onChange, ask }) {
  const field = byId("inspect-say", HTMLInputElement);
  const note = byId("inspect-said", HTMLElement);
  /** @type {Map<string, string>} */
  const unanswered = new Map(); // what may be stored all the same: said again it has the same id

  field.maxLength = limit;
  field.addEventListener("input", () => {
    setText(note, "");
    onChange();
  });
  byId("inspect-composer", HTMLFormElement).addEventListener("submit", (event) => {
    event.preventDefault();
    if (!isBlank(field.value)) say(field.value);
  });

  /** @param {string} text */
  async function say(text) {
    field.value = "";
    onChange();
    const client_id = unanswered.get(text) ?? newClientId();
    unanswered.delete(text);
    const answer = await ask(postRequest({ client_id, text }));
    if (answer?.ok) return;
    if (answer === null) unanswered.set(text, client_id);
    if (field.value === "") field.value = text;
    setText(note, answer?.error.message ?? words.t("inspect.say.no_answer"));
    onChange();
  }

  /**
   * @param {Inspect.Record} record
   * @returns {Next | null}
   */
  function next(record) {
    if (isBlank(field.value)) return null;
    const number = connectionOf(record);
    const acks = record.entries.map((entry) =>
      entry.kind === "frame" && entry.connection === number && entry.from === "browser"
        ? (entry.packet?.ack ?? -1)
        : -1,
    );
    const digits = `42${Math.max(-1, ...acks) + 1}`;
    const request = JSON.stringify(postRequest({ client_id: AN_ID, text: field.value }));
    const { length } = new TextEncoder().encode(digits + request);
    return { digits, size: headOf(length) + length, people: people() };
  }

  return { next };
}

/** @param {Inspect.Record} record */
function connectionOf({ connections }) {
  return connections.find(({ own, state }) => own && state === "open")?.number;
}

/**
 * How many bytes stand before so many of a browser's.
 * @param {number} length
 */
function headOf(length) {
  if (length <= SMALL) return 2 + MASK;
  return (length <= MEDIUM ? 4 : 10) + MASK;
}
