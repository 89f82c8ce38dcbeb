// From the state to the rows of the message list, pure. A row is plain data with a key; the
// list compares rows by their fields, so a row that says the same touches nothing in the page.

import { lastOf } from "./dom.js";
import { concerns } from "./mentions.js";
import { isHost } from "./moderation.js";
import { referencesOf } from "./outbox.js";
import { firstNew } from "./reading.js";
import { outboxIn } from "./rooms/views.js";
import { END, isGap, stretchOf } from "./window.js";
import { daysAgo } from "./words.js";

/** Fields of a row. */
const SHOWN = [
  ...["message", "draft", "note", "first", "last", "ago"],
  ...["host", "hand", "own", "reacting", "vote", "hosting", "named"],
];
const TOGETHER = 5 * 60_000; // milliseconds between two messages of a group, at most

/** @type {WeakMap<Message | Note, { date: Date, day: string, moment: number }>} */
const moments = new WeakMap();

/**
 * The rows of a span, oldest first: days, gaps, notes, messages and what is not sent yet.
 * @param {State} state
 * @param {Span} span
 */
export function rowsOf(state, span = END, now = new Date()) {
  const { messages, you } = state;
  const { start, end } = stretchOf(state, span);
  const unread = newRowAt(state);
  // What stands above the first message that is shown belongs to those before it.
  const write = rowWriter(state, start > 0 ? messages[start].id : 0, now);
  if (isGap(state, start)) write.line({ kind: "gap", key: "gap:older" });
  for (let at = start; at < end; at += 1) {
    const message = messages[at];
    write.notesBefore(message.id);
    const mine = message.user_id === you.id;
    // A draft keeps its key when it is confirmed, and so its place in the page.
    const key = mine ? `own:${message.client_id}` : `id:${message.id}`;
    const moment = write.day(message);
    if (at === unread) write.line({ kind: "new", key: "new" });
    const named = !mine && concerns(message, you);
    write.message({ draft: null, message }, { key, mine, named, moment });
  }
  if (isGap(state, end)) write.line({ kind: "gap", key: "gap:newer" });
  if (end < messages.length) return distinct(write.rows);
  write.notesBefore(Infinity);
  // Until the server says when, it is now, by the server's clock: this device's may be wrong.
  const moment = now.getTime() + state.clockOffset;
  for (const draft of outboxIn(state)) {
    const key = `own:${draft.client_id}`;
    const place = { key, mine: true, named: false, moment };
    write.message({ draft, message: entryOf(draft, you) }, place);
  }
  return distinct(write.rows);
}

/**
 * Adds row after row, with the notes that stand after the message `from` or a later one.
 * @param {State} state
 * @param {number} from
 * @param {Date} now
 */
function rowWriter(state, from, now) {
  const { notes, badges, mine: own, reacting, voting, you } = state;
  const hands = new Set(isHost(state) ? state.hands.map(({ id }) => id) : []);
  /** @type {Row[]} */
  const rows = [];
  let last = "";
  let next = notes.findIndex(({ after }) => after >= from);
  if (next < 0) next = notes.length;

  const line = (/** @type {Row} */ row) => rows.push(row);

  /** @param {Message | Note} entry */
  function day(entry) {
    const { date, day: its, moment } = momentOf(entry);
    if (its !== last) line({ kind: "day", key: `day:${its}`, date, ago: daysAgo(date, now) });
    last = its;
    return moment;
  }

  /** @param {number} id */
  function notesBefore(id) {
    for (; next < notes.length && notes[next].after < id; next += 1) {
      day(notes[next]);
      line({ kind: "note", key: notes[next].key, note: notes[next] });
    }
  }

  /**
   * @param {Said} said
   * @param {{ key: string, mine: boolean, named: boolean, moment: number }} place
   */
  function message(said, { key, mine, named, moment }) {
    const { user_id: author, user } = said.message;
    const above = lastOf(rows);
    const together =
      above?.kind === "message" &&
      above.author === author &&
      above.message.user === user && // who has changed their name meanwhile is shown by both
      Math.abs(moment - above.moment) <= TOGETHER;
    // The last of a group shows its time. What was not sent has none and stands for itself.
    const failed = said.draft !== null && said.draft.error !== null;
    if (together && !failed) above.last = false;
    const standing = { host: badges[author] === true, hand: hands.has(author) };
    const group = { author, moment, first: !together, last: true };
    const id = said.draft === null ? said.message.id : 0;
    const vote = voting[id] === undefined ? (own[id]?.vote ?? null) : voting[id];
    const hosting = "poll" in said.message && badges[you.id] === true;
    const done = { own: own[id]?.reactions, reacting: reacting[id], vote, hosting };
    line({ kind: "message", key, ...said, mine, named, ...standing, ...done, ...group });
  }

  return { rows, line, day, notesBefore, message };
}

/**
 * The index of the message above which the line "New" stands: where more is new than is here, the
 * first that is.
 * @param {State} state
 */
export function newRowAt(state) {
  return state.newAfter === null ? null : firstNew(state, state.newAfter);
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
  const own = { client_id, user_id: you.id, user: you.name };
  const entry = { ...own, message: text, ...referencesOf(draft) };
  entries.set(draft, entry);
  return entry;
}

/** @param {Message | Note} entry */
function momentOf(entry) {
  const known = moments.get(entry);
  if (known !== undefined) return known;
  const date = new Date(entry.time);
  const day = `${date.getFullYear()}-${date.getMonth()}-${date.getDate()}`;
  const moment = { date, day, moment: date.getTime() };
  moments.set(entry, moment);
  return moment;
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
