// The own messages that wait to be sent, or were refused, pure: a part of the state.

import { inRoom, LOBBY, roomOf } from "./rooms/views.js";
import { withVersion } from "./versions.js";

/** @type {Reducer<"draftLeft">} */
export function draftLeft(state, { draft }) {
  return { ...state, outbox: [...state.outbox, { ...draft, ...here(state), error: state.stale }] };
}

/** @type {Reducer<"draftQueued">} */
export function draftQueued(state, { draft }) {
  const own = { ...draft, ...here(state), by: state.you.id, error: null };
  return { ...state, outbox: [...state.outbox, own] };
}

/**
 * The room that is shown, where it is not the main one.
 * @param {State} state
 */
function here({ room }) {
  return room === LOBBY ? {} : { room };
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
  // It may have changed already, and what it mentions is the server's to say: any version counts more.
  const own = { id, seq: 0, client_id, user_id: you.id, user: you.name, ip, time };
  const { room } = draft;
  const said = { ...own, message: draft.text, ...referencesOf(draft), ...filesOf(draft) };
  const message = { ...said, ...(room && { room }) };
  const after = inRoom(state, roomOf(draft), (there) => withVersion(there, message));
  return { ...draftDiscarded(after, { client_id }), clockOffset: Date.parse(time) - now };
}

/**
 * What a draft answers, and whom it mentions.
 * @param {Draft} draft
 */
export function referencesOf({ quoted, mentions }) {
  return { ...(quoted && { quoted, reply_to: quoted.id }), ...(mentions && { mentions }) };
}

/**
 * Its files as those of a message, where they are all there.
 * @param {Draft} draft
 */
function filesOf({ files }) {
  const sent = files?.map(({ key: _key, upload = "", whole: _whole, thumb, ...file }) => ({
    ...file,
    id: upload,
    ...(thumb && { thumb: `/files/${upload}/thumb` }),
  }));
  return sent && { files: sent };
}

/** @type {Reducer<"fileChanged">} */
export function fileChanged(state, { client_id, key, change }) {
  const draft = state.outbox.find((one) => one.client_id === client_id);
  if (draft?.files === undefined) return state;
  const files = draft.files.map((file) => (file.key === key ? { ...file, ...change } : file));
  return withDraftChanged(state, client_id, { files });
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
  const draft = state.outbox.find((one) => one.client_id === client_id);
  // The server may not have its files any more: it is asked how far they are.
  const files = draft?.files?.map((file) => ({ ...file, whole: false }));
  return withDraftChanged(state, client_id, {
    ...{ by: state.you.id, error: null },
    ...(files && { files }),
  });
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
 * The next one to be sent: those whose files are still on their way let others pass.
 * @param {State} state
 */
export function nextDraft(state) {
  return waiting(state).find(({ files = [] }) => files.every(({ whole }) => whole === true));
}

/**
 * The oldest own one that the server could not store.
 * @param {State} state
 */
export function unstored({ outbox, you }) {
  return outbox.find(({ error, by }) => error?.code === "unavailable" && by === you.id);
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
