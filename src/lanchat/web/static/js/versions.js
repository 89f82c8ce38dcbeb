// Messages as they come, in whatever order, pure. They are kept sorted by id, each id once: live, in
// the catch-up after a reconnect, in a part of the history that was asked for, or in the server's
// answer to one's own message. Of two versions of a message the one with the greater position
// (`seq`) counts; what is not shown and may come later is kept in `unseen`.

import { indexFrom } from "./window.js";

/**
 * Show this version of a message, unless a later one is known or it is gone.
 * @param {State} state
 * @param {Message} version
 * @returns {State}
 */
export function withVersion(state, version) {
  const message = latest(state, version);
  const outbox = withoutDraft(state.outbox, version);
  if (message.deleted) {
    const messages = state.messages.filter(({ id }) => id !== message.id);
    return withUnseen({ ...state, messages, outbox }, message);
  }
  if (isCleared(state, message)) return { ...state, outbox };
  return { ...state, messages: insert(state.messages, message), outbox };
}

/**
 * The same for many, oldest first.
 * @param {State} state
 * @param {readonly Message[]} versions
 * @returns {State}
 */
export function withVersions(state, versions) {
  if (versions.length === 0) return state;
  const all = versions.map((version) => latest(state, version));
  const gone = all.filter(({ deleted }) => deleted);
  const said = all.filter((one) => !one.deleted && !isCleared(state, one));
  const outbox = versions.reduce(withoutDraft, state.outbox);
  const messages = merged(state.messages, said);
  return gone.reduce(withVersion, { ...state, messages, outbox });
}

/**
 * Whether a message went with all that was said, with all that its author has said, or by its age.
 * @param {Pick<State, "cleared" | "clearedOf" | "retired">} state
 * @param {Pick<Quoted, "id" | "user_id">} message
 */
export function isCleared({ cleared, clearedOf, retired }, { id, user_id = "" }) {
  if (id <= Math.max(cleared, clearedOf[user_id] ?? 0)) return true;
  return retired.some(([first, last]) => first <= id && id <= last);
}

/**
 * A version that comes, or what came live for its message while it was on its way.
 * @param {State} state
 * @param {Message} version
 */
function latest({ unseen, unseenReactions }, version) {
  return reacted(later(unseen[version.id], version), unseenReactions[version.id]);
}

/**
 * A version of a message with the reactions and votes that were told, where that was later.
 * @param {Message} version
 * @param {Told | undefined} told
 * @returns {Message}
 */
export function reacted(version, told) {
  if (told === undefined || told.seq <= version.seq || version.deleted) return version;
  const { seq, reactions = version.reactions ?? {}, counts } = told;
  const { reactions: _before, poll, ...rest } = version;
  const none = Object.keys(reactions).length === 0;
  return {
    ...{ ...rest, seq },
    ...(none ? {} : { reactions }),
    ...(poll && { poll: counts ? { ...poll, counts } : poll }),
  };
}

/**
 * @param {Message | undefined} one
 * @param {Message} other
 */
function later(one, other) {
  return one !== undefined && one.seq > other.seq ? one : other;
}

/**
 * Two sorted lists as one; of two versions of a message the later one.
 * @param {readonly Message[]} some
 * @param {readonly Message[]} more
 */
function merged(some, more) {
  const all = [];
  let next = 0;
  for (const one of some) {
    for (; next < more.length && more[next].id < one.id; next += 1) all.push(more[next]);
    const same = next < more.length && more[next].id === one.id;
    all.push(same ? later(one, more[next]) : one);
    if (same) next += 1;
  }
  return [...all, ...more.slice(next)];
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
 * A change to a message that is not here matters where an answer is on its way that has it.
 * @param {State} state
 * @param {Message} version
 */
export function withNews(state, version) {
  return isWaiting(state) ? withUnseen(state, version) : state;
}

/**
 * Of what is not here only that it is gone matters once no answer is on its way.
 * @param {State} state
 * @returns {State}
 */
export function withoutOldNews(state) {
  if (isWaiting(state)) return state;
  const gone = Object.entries(state.unseen).filter(([, version]) => version.deleted);
  return { ...state, unseen: Object.fromEntries(gone), unseenReactions: {}, toldMine: [] };
}

/**
 * Whether an answer with messages is on its way.
 * @param {State} state
 */
export function isWaiting({ joined, asked }) {
  return !joined || asked > 0;
}

/**
 * The message with this id, where it is here.
 * @param {Pick<State, "messages">} state
 * @param {number} id
 * @returns {Message | undefined}
 */
export function messageWith({ messages }, id) {
  const found = messages[indexFrom(messages, id)];
  return found?.id === id ? found : undefined;
}

/**
 * @param {Pick<State, "messages">} state
 * @param {number} id
 */
export function has(state, id) {
  return messageWith(state, id) !== undefined;
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
