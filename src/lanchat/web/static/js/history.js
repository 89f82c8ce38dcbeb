// What a reader sees from top to bottom, pure: the part of the state with the messages, the notes
// between them, and the own messages that wait to be sent.
//
// Messages are kept sorted by id, each id once, however they come: live, in the catch-up
// after a reconnect, or in the server's answer to one's own message. `lastId` is the newest id
// up to which nothing can be missing: live messages raise it only once the catch-up is in, and
// the answer to one's own message never does (an earlier one may still be on its way).

const MOST_NOTES = 300;

/** The messages of a snapshot, and what is gone since this page saw them. */
export function caughtUp(state, { messages, complete, deleted, cleared }) {
  const newest = newestId({ messages });
  // Fewer ids than this page has seen: the server began a new history, the old one is gone.
  const restarted = !complete && newest < state.lastId;
  const old = restarted ? { ...state, messages: [], notes: [], gaps: [], lastId: 0 } : state;
  const kept = withDeleted(old, deleted, cleared);
  const news = remaining(kept, messages);
  const fresh = news.filter(({ id }) => id > kept.lastId);
  const gap = !complete && fresh.length > 0 ? [fresh[0].id] : [];
  return {
    ...kept,
    messages: merge(kept.messages, news),
    outbox: news.reduce(withoutDraft, kept.outbox),
    gaps: [...kept.gaps, ...gap],
    lastId: Math.max(kept.lastId, newest),
  };
}

export function messagePosted(state, { message }) {
  return {
    ...state,
    messages: insert(state.messages, message),
    outbox: withoutDraft(state.outbox, message),
    lastId: state.joined ? Math.max(state.lastId, message.id) : state.lastId,
  };
}

export function messageDeleted(state, { id }) {
  return withDeleted(state, [id], 0);
}

/** All that was said is gone, and what lay between it. */
export function historyCleared(state, { upTo, now }) {
  const rest = {
    ...withDeleted(state, [], upTo),
    notes: state.notes.filter(({ after }) => after > upTo),
    gaps: state.gaps.filter((id) => id > upTo),
  };
  return tell(rest, { phrase: ["client.room_cleared", {}], now });
}

/** A page that is open for days keeps the newest alone. */
export function historyTrimmed(state, { keep }) {
  const messages = state.messages.slice(-keep);
  const first = messages[0].id;
  return {
    ...state,
    messages,
    notes: state.notes.filter((note) => note.after >= first),
    gaps: [first, ...state.gaps.filter((id) => id > first)],
  };
}

/** A note for this page alone: a phrase of the catalogue (key and parameters), or a text. */
export function tell(state, { phrase = null, text = "", now }) {
  const time = new Date(now + state.clockOffset).toISOString();
  const key = `told:${state.toldCount}`;
  const note = { key, kind: "told", phrase, text, time, after: newestId(state) };
  return { ...state, toldCount: state.toldCount + 1, notes: withNote(state.notes, note) };
}

export function withNote(notes, note) {
  return [...notes, note].slice(-MOST_NOTES);
}

/** The newest message that is shown: a note stands after it. */
export function newestId({ messages }) {
  return messages.at(-1)?.id ?? 0;
}

export function draftQueued(state, { draft }) {
  return { ...state, outbox: [...state.outbox, { ...draft, by: state.you.id, error: null }] };
}

/** The server has acknowledged an own message; whether it comes live as well is all the same. */
export function draftStored(state, { client_id, id, time, now }) {
  const draft = state.outbox.find((one) => one.client_id === client_id);
  if (draft === undefined) return state;
  const { you } = state;
  const ip = state.members.find((member) => member.id === you.id)?.ip ?? "";
  const message = { id, client_id, user_id: you.id, user: you.name, ip, message: draft.text, time };
  return {
    ...state,
    messages: insert(state.messages, message),
    outbox: withoutDraft(state.outbox, message),
    clockOffset: Date.parse(time) - now,
  };
}

/** What a server refuses in its last second waits for it to come back. */
export function draftRefused(state, { client_id, error }) {
  return state.link === "stopped" ? state : withDraftChanged(state, client_id, { error });
}

export function draftRetried(state, { client_id }) {
  return withDraftChanged(state, client_id, { by: state.you.id, error: null });
}

export function draftDiscarded(state, { client_id }) {
  return { ...state, outbox: state.outbox.filter((draft) => draft.client_id !== client_id) };
}

/** The drafts that still wait for the server, oldest first. */
export function waiting(state) {
  return state.outbox.filter((draft) => draft.error === null);
}

/** These messages are gone: also where they come again, in an answer that was on its way. */
function withDeleted(state, ids, cleared) {
  const after = {
    ...state,
    deleted: [...new Set([...state.deleted, ...ids])],
    cleared: Math.max(state.cleared, cleared),
  };
  return { ...after, messages: remaining(after, state.messages) };
}

/** Those of the messages that are not deleted. */
function remaining({ deleted, cleared }, messages) {
  if (deleted.length === 0 && cleared === 0) return messages;
  const gone = new Set(deleted);
  return messages.filter(({ id }) => id > cleared && !gone.has(id));
}

function insert(messages, message) {
  let at = messages.length;
  while (at > 0 && messages[at - 1].id > message.id) at -= 1;
  if (at > 0 && messages[at - 1].id === message.id) return messages;
  return [...messages.slice(0, at), message, ...messages.slice(at)];
}

function merge(messages, news) {
  const follows = news.length === 0 || news[0].id > newestId({ messages });
  return follows ? [...messages, ...news] : news.reduce(insert, messages);
}

function withoutDraft(outbox, { client_id, user_id }) {
  // Only who wrote it: somebody else may send the same client_id on purpose.
  const rest = outbox.filter((draft) => draft.client_id !== client_id || draft.by !== user_id);
  return rest.length === outbox.length ? outbox : rest;
}

function withDraftChanged(state, client_id, change) {
  const outbox = state.outbox.map((draft) =>
    draft.client_id === client_id ? { ...draft, ...change } : draft,
  );
  return { ...state, outbox };
}
