// Who is here, who came and who went, pure: the part of the state with the members. They come
// one by one, or in a crowd a moment's together.
//
// The talk is not to be buried under arrivals: those of some minutes share a line, and so do
// departures. Phones sleep and come back; so only who logs out leaves at once, everybody else once
// they have been away for some minutes, and who is back before was never away.

import { handsWithout } from "./hands.js";
import { newestId, tell, withNote } from "./history.js";

const SOME_MINUTES = 5 * 60_000;

const names = new Intl.Collator(undefined, { numeric: true }); // PC 2 before PC 10

/**
 * These members are here, sorted by name.
 * @param {State} state
 * @param {readonly Member[]} members
 * @returns {State}
 */
export function withMembers(state, members) {
  const badges = { ...state.badges };
  for (const { id, role } of members) badges[id] = role === "host";
  const sorted = [...members].sort((a, b) => names.compare(a.name, b.name));
  return { ...state, members: sorted, badges, away: without(state.away, members) };
}

/**
 * The connection was lost: whoever is here now and comes back with it is no news.
 * @param {State} state
 * @returns {State}
 */
export function withAllExpected(state) {
  const here = state.members.map(({ id }) => id);
  return { ...state, expected: [...new Set([...state.expected, ...here])] };
}

/** @type {Reducer<"memberJoined">} */
export function memberJoined(state, { member, now }) {
  const others = state.members.filter(({ id }) => id !== member.id);
  return withArrived(withMembers(state, [...others, member]), state, [member], now);
}

/** @type {Reducer<"memberLeft">} */
export function memberLeft(state, { departure, now }) {
  return withGone(state, [departure], now);
}

/**
 * A moment in a crowd: these have left, then these have come.
 * @type {Reducer<"membersChanged">}
 */
export function membersChanged(state, { joined, left, now }) {
  const before = new Set(state.members.map(({ id }) => id));
  // The moment may have begun before this page came in: what its list of people said is no news.
  const went = left.filter(({ id }) => before.has(id));
  const after = withGone(state, went, now);
  const here = new Set(after.members.map(({ id }) => id));
  const come = new Set(joined.map(({ id }) => id));
  const rest = after.members.filter(({ id }) => !come.has(id));
  const came = joined.filter(({ id }) => !here.has(id));
  const arrived = withArrived(withMembers(after, [...rest, ...joined]), after, came, now);
  return { ...arrived, expected: arrived.expected.filter((id) => !come.has(id)) };
}

/**
 * Some of those who are away have been so for some minutes.
 * @type {Reducer<"timePassed">}
 */
export function timePassed(state, { now }) {
  const isLong = (/** @type {Away} */ { since }) => now - since >= SOME_MINUTES;
  const gone = state.away.filter(isLong);
  if (gone.length === 0) return state;
  const away = state.away.filter((one) => !isLong(one));
  return { ...state, away, notes: noted(state, "left", gone, now) };
}

/**
 * Somebody may do more or less than before, or has another name.
 * @type {Reducer<"memberChanged">}
 */
export function memberChanged(state, { id, name, role, muted, now }) {
  const was = state.members.find((member) => member.id === id)?.name ?? name;
  const members = state.members.map((member) =>
    member.id === id ? { ...member, name, role, muted } : member,
  );
  const you = state.you.id === id ? { ...state.you, name } : state.you;
  const after = { ...withMembers(state, members), you };
  return was === name ? after : tell(after, { phrase: ["client.renamed", { was, name }], now });
}

/**
 * These are here from now on; of whom `before` knew is no news, nor that one has come oneself.
 * @param {State} state
 * @param {State} before
 * @param {readonly Member[]} members
 * @param {number} now
 * @returns {State}
 */
function withArrived(state, before, members, now) {
  const known = new Set([...before.expected, before.you.id]);
  const news = without(members, before.away).filter(({ id }) => !known.has(id));
  const come = new Set(members.map(({ id }) => id));
  const expected = state.expected.filter((id) => !come.has(id));
  return { ...state, expected, notes: noted(state, "joined", news, now) };
}

/**
 * @param {State} state
 * @param {readonly Departure[]} departures
 * @param {number} now
 * @returns {State}
 */
function withGone(state, departures, now) {
  const gone = new Set(departures.map(({ id }) => id));
  const away = departures.filter(({ logout }) => !logout);
  const left = departures.filter(({ logout }) => logout);
  return {
    ...state,
    members: state.members.filter(({ id }) => !gone.has(id)),
    hands: handsWithout(state.hands, gone),
    expected: state.expected.filter((id) => !gone.has(id)),
    away: [...without(state.away, departures), ...away.map((one) => ({ ...one, since: now }))],
    notes: noted(state, "left", left, now),
  };
}

/**
 * Somebody has entered a room beside the main one, or has left it.
 * @param {State} state
 * @param {MoveNote["kind"]} kind
 * @param {User} person
 * @param {number} now
 * @returns {State}
 */
export function withMoved(state, kind, person, now) {
  return { ...state, notes: noted(state, kind, [person], now) };
}

/**
 * The notes once it is told that these have come, or gone. A line of arrivals stays where it
 * stands, before what they say; one of departures moves on, behind what they have said.
 * @param {State} state
 * @param {MoveNote["kind"]} kind
 * @param {readonly User[]} moved
 * @param {number} now
 * @returns {State["notes"]}
 */
function noted(state, kind, moved, now) {
  if (moved.length === 0) return state.notes;
  const newest = newestId(state);
  const isOpen = (/** @type {Note} */ note) =>
    note.kind !== "told" && (note.after === newest || now - note.begun < SOME_MINUTES);
  const people = moved.map(({ id, name }) => ({ id, name }));
  const time = new Date(now + state.clockOffset).toISOString();
  // Of who comes and goes within these minutes the last is told.
  const notes = state.notes
    .map((note) =>
      note.kind !== "told" && isOpen(note)
        ? { ...note, people: without(note.people, people) }
        : note,
    )
    .filter((note) => note.kind === "told" || note.people.length > 0);
  const open = notes.filter((note) => note.kind === kind && isOpen(note)).pop();
  if (open === undefined || open.kind === "told") {
    const key = `${kind}:${people[0].id}:${now}:${newest}`;
    return withNote(notes, { key, kind, people, begun: now, time, after: newest });
  }
  const line = { ...open, people: [...open.people, ...people] };
  if (kind === "joined") return notes.map((note) => (note === open ? line : note));
  return withNote(
    notes.filter((note) => note !== open),
    { ...line, time, after: newest },
  );
}

/**
 * Who has logged in anew by the same name is another user, and the same person.
 * @template {User} T
 * @param {readonly T[]} people
 * @param {readonly User[]} others
 */
function without(people, others) {
  if (people.length === 0 || others.length === 0) return people;
  const ids = new Set(others.map(({ id }) => id));
  const called = new Set(others.map(({ name }) => name));
  return people.filter(({ id, name }) => !ids.has(id) && !called.has(name));
}
