// From the state to the rows of the message list, pure. A row is plain data with a key; the
// list compares rows by their fields, so a row that says the same touches nothing in the page.

import { lastOf } from "./dom.js";
import { daysAgo } from "./words.js";

const SHOWN = ["message", "draft", "note", "first", "last", "ago", "host"]; // fields of a row

/** @type {WeakMap<Message | Note, { date: Date, day: string, minute: number }>} */
const moments = new WeakMap();

/**
 * The rows to show, oldest first: days, gaps, notes, messages and what is not sent yet.
 * @param {State} state
 */
export function rowsOf(state, now = new Date()) {
  /** @type {Row[]} */
  const rows = [];
  const gaps = new Set(state.gaps);
  const { notes, you } = state;
  let day = "";
  let next = 0;

  const begin = (/** @type {Message | Note} */ entry) => {
    const moment = momentOf(entry);
    if (moment.day !== day) {
      day = moment.day;
      const { date } = moment;
      rows.push({ kind: "day", key: `day:${day}`, date, ago: daysAgo(date, now) });
    }
    return moment.minute;
  };
  const notesBefore = (/** @type {number} */ id) => {
    for (; next < notes.length && notes[next].after < id; next += 1) {
      const note = notes[next];
      begin(note);
      rows.push({ kind: "note", key: note.key, note });
    }
  };
  /**
   * @param {Said} said
   * @param {{ key: string, mine: boolean, minute: number }} place
   */
  const message = (said, { key, mine, minute }) => {
    const { user_id: author, user } = said.message;
    const above = lastOf(rows);
    const together =
      above?.kind === "message" &&
      above.author === author &&
      above.message.user === user && // who has changed their name meanwhile is shown by both
      above.minute === minute;
    // The last of a group shows its time. What was not sent has none and stands for itself.
    const failed = said.draft !== null && said.draft.error !== null;
    if (together && !failed) above.last = false;
    const host = state.badges[author] === true;
    const group = { author, minute, first: !together, last: true };
    rows.push({ kind: "message", key, ...said, mine, host, ...group });
  };

  for (const entry of state.messages) {
    notesBefore(entry.id);
    if (gaps.has(entry.id)) rows.push({ kind: "gap", key: `gap:${entry.id}` });
    const mine = entry.user_id === you.id;
    // A draft keeps its key when it is confirmed, and so its place in the page.
    const key = mine ? `own:${entry.client_id}` : `id:${entry.id}`;
    message({ draft: null, message: entry }, { key, mine, minute: begin(entry) });
  }
  notesBefore(Infinity);
  // Until the server says when, it is now, by the server's clock: this device's may be wrong.
  const thisMinute = minuteOf(now.getTime() + state.clockOffset);
  for (const draft of state.outbox) {
    const key = `own:${draft.client_id}`;
    message({ draft, message: entryOf(draft, you) }, { key, mine: true, minute: thisMinute });
  }
  return distinct(rows);
}

/**
 * Whether two rows of one key show the same.
 * @param {Readonly<Record<string, unknown>>} a
 * @param {Readonly<Record<string, unknown>>} b
 */
export function sameRow(a, b) {
  return SHOWN.every((field) => a[field] === b[field]);
}

/** @type {WeakMap<Draft, Unsent>} */
const entries = new WeakMap();

/**
 * @param {Draft} draft
 * @param {User} you
 */
function entryOf(draft, you) {
  const known = entries.get(draft);
  if (known !== undefined) return known;
  const { client_id, text } = draft;
  const entry = { client_id, user_id: you.id, user: you.name, message: text };
  entries.set(draft, entry);
  return entry;
}

/** @param {Message | Note} entry */
function momentOf(entry) {
  const known = moments.get(entry);
  if (known !== undefined) return known;
  const date = new Date(entry.time);
  const day = `${date.getFullYear()}-${date.getMonth()}-${date.getDate()}`;
  const moment = { date, day, minute: minuteOf(date.getTime()) };
  moments.set(entry, moment);
  return moment;
}

/** @param {number} time */
function minuteOf(time) {
  return Math.floor(time / 60_000);
}

/** @param {Row[]} rows */
function distinct(rows) {
  // A clock that was set back can bring a day a second time: its line needs a key of its own.
  const times = new Map();
  for (const row of rows) {
    const before = times.get(row.key) ?? 0;
    times.set(row.key, before + 1);
    if (before > 0) row.key += `#${before}`;
  }
  return rows;
}
