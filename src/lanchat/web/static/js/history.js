// What a reader sees from top to bottom, pure: the part of the state with the messages, the notes
// between them, and the own messages that wait to be sent.
//
// Messages are kept sorted by id, each id once, however they come: live, in the catch-up
// after a reconnect, or in the server's answer to one's own message. Of two versions of a message
// the one with the greater position (`seq`) counts. `lastSeq` is the position up to which nothing
// can be missing, in the `epoch` in which it was learned: live events raise it only once the
// catch-up is in, and the answer to one's own message never does (an earlier one may still be on
// its way).

import { lastOf } from "./dom.js";

const MOST_NOTES = 300;

/**
 * The messages of a snapshot, and what has changed since this page saw them.
 * @param {State} state
 * @param {Snapshot} snapshot
 * @returns {State}
 */
export function caughtUp(state, { messages, changed, complete, seq, epoch, anew, cleared }) {
  const old = withCleared(anew ? begunAnew(state) : withoutUncertain(state), cleared);
  // What changed and is not shown here (trimmed, or in a gap) does not come back alone.
  const shown = new Set(old.messages.map(({ id }) => id));
  const concerns = changed.filter(({ id, deleted }) => deleted || shown.has(id));
  const known = withVersions(concerns.reduce(withVersion, old), messages);
  const fresh = messages.filter(({ id, deleted }) => id > old.lastSeq && !deleted);
  const gap = !complete && fresh.length > 0 ? [fresh[0].id] : [];
  const gone = Object.entries(known.unseen).filter(([, version]) => version.deleted);
  const unseen = Object.fromEntries(gone);
  return { ...known, gaps: [...known.gaps, ...gap], lastSeq: seq, epoch, unseen, early: [] };
}

/** @type {Reducer<"messagePosted">} */
export function messagePosted(state, { message }) {
  const after = withPosition(withVersion(state, message), message.seq);
  return state.joined ? after : { ...after, early: [...after.early, message.id] };
}

/**
 * A message is from now on as it comes here; one that is deleted comes without its text.
 * @type {Reducer<"messageChanged">}
 */
export function messageChanged(state, { message }) {
  const shown = state.messages.some(({ id }) => id === message.id);
  const after = shown || message.deleted ? withVersion(state, message) : withUnseen(state, message);
  return withPosition(after, message.seq);
}

/**
 * All that was said is gone, and what lay between it.
 * @type {Reducer<"historyCleared">}
 */
export function historyCleared(state, { upTo, now }) {
  const rest = {
    ...withCleared(state, upTo),
    notes: state.notes.filter(({ after }) => after > upTo),
    gaps: state.gaps.filter((id) => id > upTo),
  };
  return tell(rest, { phrase: ["client.room_cleared", {}], now });
}

/**
 * A page that is open for days keeps the newest alone.
 * @type {Reducer<"historyTrimmed">}
 */
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

/**
 * A note for this page alone: a phrase, or a text.
 * @param {State} state
 * @param {{ phrase?: Phrase | null, text?: string, now: number }} told
 * @returns {State}
 */
export function tell(state, { phrase = null, text = "", now }) {
  const time = new Date(now + state.clockOffset).toISOString();
  const key = `told:${state.toldCount}`;
  /** @type {Note} */
  const note = { key, kind: "told", phrase, text, time, after: newestId(state) };
  return { ...state, toldCount: state.toldCount + 1, notes: withNote(state.notes, note) };
}

/**
 * @param {readonly Note[]} notes
 * @param {Note} note
 */
export function withNote(notes, note) {
  return [...notes, note].slice(-MOST_NOTES);
}

/**
 * The newest message that is shown: a note stands after it.
 * @param {Pick<State, "messages">} state
 */
export function newestId({ messages }) {
  return lastOf(messages)?.id ?? 0;
}

/** @type {Reducer<"draftQueued">} */
export function draftQueued(state, { draft }) {
  return { ...state, outbox: [...state.outbox, { ...draft, by: state.you.id, error: null }] };
}

/**
 * The server has acknowledged an own message, which may come live, too, before or after this.
 * @type {Reducer<"draftStored">}
 */
export function draftStored(state, { client_id, id, time, now }) {
  const draft = state.outbox.find((one) => one.client_id === client_id);
  if (draft === undefined) return state;
  const { you } = state;
  // Who wrote it logged in anew meanwhile: it comes, or has come, by its other name.
  if (draft.by !== you.id) return draftDiscarded(state, { client_id });
  const ip = state.members.find((member) => member.id === you.id)?.ip ?? "";
  const own = { id, seq: id, client_id, user_id: you.id, user: you.name, ip, time };
  const after = withVersion(state, { ...own, message: draft.text });
  return { ...after, clockOffset: Date.parse(time) - now };
}

/**
 * What a server refuses in its last second waits for it to come back.
 * @type {Reducer<"draftRefused">}
 */
export function draftRefused(state, { client_id, error }) {
  return state.link === "stopped" ? state : withDraftChanged(state, client_id, { error });
}

/** @type {Reducer<"draftRetried">} */
export function draftRetried(state, { client_id }) {
  return withDraftChanged(state, client_id, { by: state.you.id, error: null });
}

/** @type {Reducer<"draftDiscarded">} */
export function draftDiscarded(state, { client_id }) {
  return { ...state, outbox: state.outbox.filter((draft) => draft.client_id !== client_id) };
}

/**
 * Nobody says what somebody else wrote, unless they ask for it: `stale` is why it waits.
 * @param {User} you
 * @param {readonly Draft[]} outbox
 * @param {Draft["error"]} stale
 */
export function draftsOf(you, outbox, stale) {
  return outbox.map((draft) => (draft.by === you.id ? draft : { ...draft, error: stale }));
}

/**
 * The drafts that still wait for the server, oldest first.
 * @param {State} state
 */
export function waiting(state) {
  return state.outbox.filter((draft) => draft.error === null);
}

/**
 * What is shown is of another history: only what came live on this connection is not.
 * @param {State} state
 * @returns {State}
 */
function begunAnew(state) {
  const messages = state.messages.filter(({ id }) => state.early.includes(id));
  return { ...state, messages, notes: [], gaps: [], lastSeq: 0, unseen: {}, cleared: 0 };
}

/**
 * What came live on a connection that went away before its answer came may have changed since,
 * and no answer says so: the cursor lies before it. It comes anew if it is still there.
 * @param {State} state
 * @returns {State}
 */
function withoutUncertain(state) {
  const { lastSeq, early } = state;
  const messages = state.messages.filter(({ id }) => id <= lastSeq || early.includes(id));
  return { ...state, messages };
}

/**
 * Show this version of a message, unless a later one is known or it is gone.
 * @param {State} state
 * @param {Message} version
 * @returns {State}
 */
function withVersion(state, version) {
  const later = state.unseen[version.id];
  const message = later !== undefined && later.seq > version.seq ? later : version;
  const outbox = withoutDraft(state.outbox, version);
  if (message.deleted) {
    const messages = state.messages.filter(({ id }) => id !== message.id);
    return withUnseen({ ...state, messages, outbox }, message);
  }
  if (message.id <= state.cleared) return { ...state, outbox };
  return { ...state, messages: insert(state.messages, message), outbox };
}

/**
 * The same for many, oldest first, which mostly follow what is there.
 * @param {State} state
 * @param {readonly Message[]} versions
 * @returns {State}
 */
function withVersions(state, versions) {
  const known = Object.keys(state.unseen).length > 0 || versions.some(({ deleted }) => deleted);
  const last = Math.max(newestId(state), state.cleared);
  const follows = versions.length > 0 && versions[0].id > last;
  if (known || !follows) return versions.reduce(withVersion, state);
  const outbox = versions.reduce(withoutDraft, state.outbox);
  return { ...state, messages: [...state.messages, ...versions], outbox };
}

/**
 * Keep a version of a message that is not shown, in case the message comes later.
 * @param {State} state
 * @param {Message} version
 * @returns {State}
 */
function withUnseen(state, version) {
  const known = state.unseen[version.id];
  if (known !== undefined && known.seq >= version.seq) return state;
  return { ...state, unseen: { ...state.unseen, [version.id]: version } };
}

/**
 * @param {State} state
 * @param {number} upTo
 * @returns {State}
 */
function withCleared(state, upTo) {
  const cleared = Math.max(state.cleared, upTo);
  const messages = state.messages.filter(({ id }) => id > cleared);
  return { ...state, cleared, messages };
}

/**
 * @param {State} state
 * @param {number} seq
 * @returns {State}
 */
function withPosition(state, seq) {
  return state.joined ? { ...state, lastSeq: Math.max(state.lastSeq, seq) } : state;
}

/**
 * @param {readonly Message[]} messages
 * @param {Message} message
 */
function insert(messages, message) {
  let at = messages.length;
  while (at > 0 && messages[at - 1].id > message.id) at -= 1;
  if (at === 0 || messages[at - 1].id !== message.id) {
    return [...messages.slice(0, at), message, ...messages.slice(at)];
  }
  if (messages[at - 1].seq >= message.seq) return messages;
  return [...messages.slice(0, at - 1), message, ...messages.slice(at)];
}

/**
 * @param {readonly Draft[]} outbox
 * @param {Message} message
 */
function withoutDraft(outbox, { client_id, user_id }) {
  // Only who wrote it: somebody else may send the same client_id on purpose.
  const rest = outbox.filter((draft) => draft.client_id !== client_id || draft.by !== user_id);
  return rest.length === outbox.length ? outbox : rest;
}

/**
 * @param {State} state
 * @param {string} client_id
 * @param {Partial<Draft>} change
 */
function withDraftChanged(state, client_id, change) {
  const outbox = state.outbox.map((draft) =>
    draft.client_id === client_id ? { ...draft, ...change } : draft,
  );
  return { ...state, outbox };
}
