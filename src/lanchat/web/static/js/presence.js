// Who is here and who came and went, pure: the part of the state that arrivals change. They
// come one by one, or in a crowd a moment's together; then they also share a line in the list.

const MOST_NOTES = 300;
const names = new Intl.Collator();

export function sorted(hosts) {
  return [...hosts].sort((a, b) => names.compare(a.name, b.name));
}

export function arrived(state, arrival) {
  const { id } = arrival;
  const others = state.hosts.filter((host) => host.id !== id);
  return {
    ...state,
    hosts: sorted([...others, hostOf(arrival)]),
    notes: state.expected.includes(id) ? state.notes : noted(state, "joined", arrival),
    expected: state.expected.filter((one) => one !== id),
  };
}

export function left(state, arrival) {
  const { id } = arrival;
  return {
    ...state,
    hosts: state.hosts.filter((host) => host.id !== id),
    notes: noted(state, "left", arrival),
    expected: state.expected.filter((one) => one !== id),
  };
}

/** A moment in a crowd: these have left, then these have come. */
export function changed(state, { joined, left: gone }) {
  const moved = new Set([...gone, ...joined].map(({ id }) => id));
  const before = new Set(state.hosts.map(({ id }) => id));
  const away = new Set(gone.map(({ id }) => id));
  const expected = new Set(state.expected);
  // The moment may have begun before this page came in: what its list of people said is no news.
  const came = joined.filter(({ id }) => !expected.has(id) && (!before.has(id) || away.has(id)));
  const went = gone.filter(({ id }) => before.has(id));
  const notes = notedTogether(state, state.notes, "left", went);
  return {
    ...state,
    hosts: sorted([...state.hosts.filter(({ id }) => !moved.has(id)), ...joined.map(hostOf)]),
    notes: notedTogether(state, notes, "joined", came),
    expected: state.expected.filter((id) => !moved.has(id)),
  };
}

function hostOf({ id, user, ip, time, role, muted }) {
  return { id, name: user, ip, since: time, role, muted };
}

function noted(state, kind, arrival) {
  const note = noteOf(state, kind, [arrival], false);
  if (state.notes.some(({ key }) => key === note.key)) return state.notes;
  return [...state.notes, note].slice(-MOST_NOTES);
}

/** In a crowd a line goes on until something else is to be told. */
function notedTogether(state, notes, kind, people) {
  if (people.length === 0) return notes;
  const note = noteOf(state, kind, people, true);
  const last = notes.at(-1);
  if (last === undefined || !last.together || last.kind !== kind || last.after !== note.after) {
    return [...notes, note].slice(-MOST_NOTES);
  }
  return [...notes.slice(0, -1), { ...last, others: last.others + people.length }];
}

function noteOf(state, kind, [{ id, user, time }, ...others], together) {
  const after = state.messages.at(-1)?.id ?? 0;
  return { key: `${kind}:${id}:${time}`, kind, user, others: others.length, together, time, after };
}
