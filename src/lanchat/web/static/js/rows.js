// From the state to the rows of the message list, pure. A row is plain data with a key; the
// list compares rows by their fields, so a row that says the same touches nothing in the page.

import { daysAgo } from "./words.js";

const moments = new WeakMap();

/** The rows to show, oldest first: days, gaps, notes, messages and what is not sent yet. */
export function rowsOf(state, now = new Date()) {
  const rows = [];
  const gaps = new Set(state.gaps);
  const { notes, you } = state;
  let day = null;
  let next = 0;

  const begin = (entry) => {
    const moment = momentOf(entry);
    if (moment.day !== day) {
      day = moment.day;
      const { date } = moment;
      rows.push({ kind: "day", key: `day:${day}`, date, ago: daysAgo(date, now) });
    }
    return moment.minute;
  };
  const note = (entry) => {
    begin(entry);
    rows.push({ kind: "note", key: entry.key, note: entry });
  };
  const message = (entry, mine, minute, key, draft) => {
    const above = rows.at(-1);
    const together =
      above?.kind === "message" && above.author === entry.user_id && above.minute === minute;
    // The last of a group shows its time. What was not sent has none and stands for itself.
    const failed = draft !== null && draft.error !== null;
    if (together && !failed) above.last = false;
    rows.push({
      kind: "message", key, message: entry, mine, draft,
      author: entry.user_id, minute, first: !together, last: true,
      host: state.badges[entry.user_id] === true,
    });
  };

  for (const entry of state.messages) {
    while (next < notes.length && notes[next].after < entry.id) note(notes[next++]);
    if (gaps.has(entry.id)) rows.push({ kind: "gap", key: `gap:${entry.id}` });
    const mine = entry.user_id === you.id;
    // A draft keeps its key when it is confirmed, and so its place in the page.
    const key = mine ? `own:${entry.client_id}` : `id:${entry.id}`;
    message(entry, mine, begin(entry), key, null);
  }
  while (next < notes.length) note(notes[next++]);
  // Until the server says when, it is now, by the server's clock: this device's may be wrong.
  const thisMinute = minuteOf(now.getTime() + state.clockOffset);
  for (const draft of state.outbox) {
    message(entryOf(draft, you), true, thisMinute, `own:${draft.client_id}`, draft);
  }
  return distinct(rows);
}

/** Whether two rows of one key show the same. */
export function sameRow(a, b) {
  return ["message", "draft", "note", "first", "last", "ago", "host"].every((field) => a[field] === b[field]);
}

const entries = new WeakMap();

function entryOf(draft, you) {
  if (!entries.has(draft)) {
    const { client_id, text } = draft;
    entries.set(draft, { client_id, user_id: you.id, user: you.name, message: text });
  }
  return entries.get(draft);
}

function momentOf(entry) {
  if (!moments.has(entry)) {
    const date = new Date(entry.time);
    const day = `${date.getFullYear()}-${date.getMonth()}-${date.getDate()}`;
    const minute = minuteOf(date.getTime());
    moments.set(entry, { date, day, minute });
  }
  return moments.get(entry);
}

function minuteOf(time) {
  return Math.floor(time / 60_000);
}

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
