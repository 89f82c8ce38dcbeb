// Who is here, who came and who went, pure: the part of the state with the members. They come
// one by one, or in a crowd a moment's together; then they also share a note in the list.

import { lastOf } from "./dom.js";
import { newestId, tell, withNote } from "./history.js";

const names = new Intl.Collator();

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
  return { ...state, members: sorted, badges };
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
export function memberJoined(state, { member }) {
  const { id, name, since } = member;
  const arrival = { id, name, time: since };
  const others = state.members.filter((other) => other.id !== id);
  return {
    ...withMembers(state, [...others, member]),
    notes: state.expected.includes(id) ? state.notes : noted(state, "joined", arrival),
    expected: state.expected.filter((one) => one !== id),
  };
}

/** @type {Reducer<"memberLeft">} */
export function memberLeft(state, { departure }) {
  const { id } = departure;
  return {
    ...state,
    members: state.members.filter((member) => member.id !== id),
    notes: noted(state, "left", departure),
    expected: state.expected.filter((one) => one !== id),
  };
}

/**
 * A moment in a crowd: these have left, then these have come.
 * @type {Reducer<"membersChanged">}
 */
export function membersChanged(state, { joined, left }) {
  const moved = new Set([...left, ...joined].map(({ id }) => id));
  const before = new Set(state.members.map(({ id }) => id));
  const away = new Set(left.map(({ id }) => id));
  const expected = new Set(state.expected);
  // The moment may have begun before this page came in: what its list of people said is no news.
  const came = joined.filter(({ id }) => !expected.has(id) && (!before.has(id) || away.has(id)));
  const went = left.filter(({ id }) => before.has(id));
  const arrivals = came.map(({ id, name, since }) => ({ id, name, time: since }));
  const notes = notedTogether(state, state.notes, "left", went);
  return {
    ...withMembers(state, [...state.members.filter(({ id }) => !moved.has(id)), ...joined]),
    notes: notedTogether(state, notes, "joined", arrivals),
    expected: state.expected.filter((id) => !moved.has(id)),
  };
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
 * @param {State} state
 * @param {MoveNote["kind"]} kind
 * @param {Departure} move
 */
function noted(state, kind, move) {
  const note = noteOf(state, kind, move);
  if (state.notes.some(({ key }) => key === note.key)) return state.notes;
  return withNote(state.notes, note);
}

/**
 * In a crowd a note goes on until something else is to be told.
 * @param {State} state
 * @param {readonly Note[]} notes
 * @param {MoveNote["kind"]} kind
 * @param {readonly Departure[]} moves
 */
function notedTogether(state, notes, kind, moves) {
  const [first, ...others] = moves;
  if (first === undefined) return notes;
  const note = { ...noteOf(state, kind, first), others: others.length, together: true };
  const last = lastOf(notes);
  if (last === undefined || last.kind !== kind || !last.together || last.after !== note.after) {
    return withNote(notes, note);
  }
  return [...notes.slice(0, -1), { ...last, others: last.others + moves.length }];
}

/**
 * @param {State} state
 * @param {MoveNote["kind"]} kind
 * @param {Departure} move
 * @returns {MoveNote}
 */
function noteOf(state, kind, { id, name, time }) {
  const key = `${kind}:${id}:${time}`;
  return { key, kind, name, others: 0, together: false, time, after: newestId(state) };
}
