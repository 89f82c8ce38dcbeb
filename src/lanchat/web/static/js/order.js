// How order is kept, pure: the part of the state that hosts change. What they do stands in the
// list as lines of its own; a line says a text of the catalogue (`say`: key and parameters), or
// what the host answered (`text`).

const MOST_NOTES = 300;

export const NO_RULES = { topic: "", locked: false, readonly: false, slow: 0 };

export function isHost({ hosts, you }) {
  return hosts.some(({ id, role }) => id === you.id && role === "host");
}

/** Why this page may send nothing just now: the catalogue's key and parameters, or null. */
export function silence(state) {
  if (isHost(state)) return null;
  const me = state.hosts.find(({ id }) => id === state.you.id);
  if (me?.muted) return muted(state.mutedUntil);
  return state.room.readonly ? ["client.room_readonly", {}] : null;
}

/** Other rules hold for all. */
export function ruled(state, { room, now }) {
  const before = state.room;
  const says = [];
  if (room.locked !== before.locked) {
    says.push([room.locked ? "client.room_locked" : "client.room_unlocked", {}]);
  }
  if (room.readonly !== before.readonly) {
    says.push([room.readonly ? "client.room_readonly" : "client.room_writable", {}]);
  }
  if (room.slow !== before.slow) {
    says.push(room.slow > 0 ? ["client.room_slow", { count: room.slow }] : ["client.room_fast", {}]);
  }
  if (room.topic !== before.topic) {
    const { topic } = room;
    says.push(topic ? ["client.room_topic", { topic }] : ["client.room_no_topic", {}]);
  }
  return says.reduce((after, say) => told(after, { say, now }), { ...state, room });
}

/** Somebody may do more or less than before. */
export function stood(state, { standing: { id, role, muted: silenced } }) {
  const hosts = state.hosts.map((host) =>
    host.id === id ? { ...host, role, muted: silenced } : host,
  );
  return badged({ ...state, hosts });
}

/** Remember who is host, for the badges beside what they said. */
export function badged(state) {
  const badges = { ...state.badges };
  for (const { id, role } of state.hosts) badges[id] = role === "host";
  return { ...state, badges };
}

/** What a host did to this page's person. */
export function noticed(state, { notice, now }) {
  const { code, until } = notice;
  if (code === "kicked" || code === "banned") return { ...state, link: "removed", farewell: notice };
  const says = {
    muted: muted(until),
    unmuted: ["client.unmuted_you", {}],
    host: ["client.hosted_you", {}],
    unhost: ["client.unhosted_you", {}],
    deleted: ["client.deleted_yours", {}],
  };
  const mutedUntil = code === "muted" ? until : state.mutedUntil;
  return says[code] ? told({ ...state, mutedUntil }, { say: says[code], now }) : state;
}

/** A line in the list for this page alone. */
export function told(state, { say = null, text = "", now }) {
  const time = new Date(now + state.ahead).toISOString();
  const key = `told:${state.lines}`;
  const note = { key, kind: "told", say, text, time, after: state.messages.at(-1)?.id ?? 0 };
  return { ...state, lines: state.lines + 1, notes: [...state.notes, note].slice(-MOST_NOTES) };
}

/** These messages are gone: also where they come again, in an answer that was on its way. */
export function deleted(state, ids, cleared = 0) {
  const after = {
    ...state,
    deleted: [...new Set([...state.deleted, ...ids])],
    cleared: Math.max(state.cleared, cleared),
  };
  return { ...after, messages: left(after, state.messages) };
}

/** Those of the messages that are not deleted. */
export function left({ deleted: ids, cleared }, messages) {
  if (ids.length === 0 && cleared === 0) return messages;
  const gone = new Set(ids);
  return messages.filter(({ id }) => id > cleared && !gone.has(id));
}

/** All that was said is gone, and what lay between it. */
export function cleared(state, { up_to, now }) {
  const rest = {
    ...deleted(state, [], up_to),
    notes: state.notes.filter(({ after }) => after > up_to),
    gaps: state.gaps.filter((id) => id > up_to),
  };
  return told(rest, { say: ["client.room_cleared", {}], now });
}

function muted(until) {
  return until ? ["client.muted_you", { until }] : ["client.muted_you_forever", {}];
}
