// What the page knows, and how it changes: (state, action) → state, pure.
//
// Messages are kept sorted by id, each id once, however they come: live, in the catch-up
// after a reconnect, or in the host's answer to one's own message. `seen` is the newest id up
// to which nothing can be missing: live messages raise it only once the catch-up is in, and
// the answer to one's own message never does (an earlier one may still be on its way).

import * as order from "./order.js";
import * as presence from "./presence.js";

/** What was written before one logged in anew is said again only if one asks: `stale` is why. */
export function initial({ you, invite = null, outbox = [], stale = null }) {
  const own = (draft) => (draft.by === you.id ? draft : { ...draft, error: stale });
  return {
    link: "connecting", // connecting, online, offline, stopped, full or removed
    notice: "", // why the host lets nobody in, where it is full
    joined: false,
    you,
    invite, // where others can join: lanUrl, and inviteUrl, which brings the access code
    hosts: [],
    messages: [],
    notes: [], // who came and went while this page was open
    expected: [], // ids of who was here when the connection was lost: their return is no news
    outbox: outbox.map(own), // own messages that the host has not confirmed yet, oldest first
    gaps: [], // ids of messages before which older ones were left out
    seen: 0,
    room: order.NO_RULES,
    badges: {}, // id → whether this person is host, also of those who have left
    mutedUntil: null,
    farewell: null, // why the host has shown this person out
    deleted: [], // ids of messages that are gone, though they may still come
    cleared: 0, // the newest id of a history that was deleted
    lines: 0, // how many lines were for this page alone
    ahead: 0, // milliseconds that the host's clock is before this device's, as far as known
  };
}

const reducers = {
  link(state, { link, notice = "" }) {
    if (state.link === "removed") return state;
    const lost = state.joined && link !== "online";
    const here = lost ? state.hosts.map(({ id }) => id) : [];
    return {
      ...state,
      link,
      notice,
      joined: state.joined && !lost,
      expected: [...new Set([...state.expected, ...here])],
    };
  },

  joined(state, { answer }) {
    const { you, hosts, messages, complete, invite = state.invite } = answer;
    const { room = state.room, deleted = [], cleared = 0 } = answer;
    const newest = messages.at(-1)?.id ?? 0;
    // Fewer ids than this page has seen: the host began a new history, the old one is gone.
    const restarted = !complete && newest < state.seen;
    const old = restarted ? { ...state, messages: [], notes: [], gaps: [], seen: 0 } : state;
    const kept = order.deleted(old, deleted, cleared);
    const news = order.left(kept, messages);
    const fresh = news.filter(({ id }) => id > kept.seen);
    const gap = !complete && fresh.length > 0 ? [fresh[0].id] : [];
    return order.badged({
      ...kept,
      link: "online",
      joined: true,
      room,
      you,
      invite,
      hosts: presence.sorted(hosts),
      messages: merge(kept.messages, news),
      outbox: news.reduce(without, kept.outbox),
      gaps: [...kept.gaps, ...gap],
      seen: Math.max(kept.seen, newest),
    });
  },

  invited: (state, { invite }) => ({ ...state, invite }),

  message(state, { message }) {
    return {
      ...state,
      messages: insert(state.messages, message),
      outbox: without(state.outbox, message),
      seen: state.joined ? Math.max(state.seen, message.id) : state.seen,
    };
  },

  arrived: (state, { arrival }) => order.badged(presence.arrived(state, arrival)),

  left: (state, { arrival }) => presence.left(state, arrival),

  crowd: (state, { changes }) => order.badged(presence.changed(state, changes)),

  ruled: order.ruled,

  stood: order.stood,

  noticed: order.noticed,

  told: order.told,

  deleted: (state, { id }) => order.deleted(state, [id]),

  cleared: order.cleared,

  queued: (state, { draft }) => ({
    ...state,
    outbox: [...state.outbox, { ...draft, by: state.you.id, error: null }],
  }),

  stored(state, { client_id, id, time, now }) {
    const draft = state.outbox.find((one) => one.client_id === client_id);
    if (draft === undefined) return state;
    const { you } = state;
    const ip = state.hosts.find((host) => host.id === you.id)?.ip ?? "";
    const message = { id, client_id, user_id: you.id, user: you.name, ip, message: draft.text, time };
    return {
      ...state,
      messages: insert(state.messages, message),
      outbox: without(state.outbox, message),
      ahead: Date.parse(time) - now,
    };
  },

  // What a host refuses in its last second waits for it to come back.
  refused: (state, { client_id, error }) =>
    state.link === "stopped" ? state : changed(state, client_id, { error }),

  retried: (state, { client_id }) => changed(state, client_id, { by: state.you.id, error: null }),

  discarded: (state, { client_id }) => ({
    ...state,
    outbox: state.outbox.filter((draft) => draft.client_id !== client_id),
  }),

  trimmed(state, { keep }) {
    const messages = state.messages.slice(-keep);
    const first = messages[0].id;
    return {
      ...state,
      messages,
      notes: state.notes.filter((note) => note.after >= first),
      gaps: [first, ...state.gaps.filter((id) => id > first)],
    };
  },
};

export function reduce(state, action) {
  return reducers[action.type](state, action);
}

/** The drafts that still wait for the host, oldest first. */
export function waiting(state) {
  return state.outbox.filter((draft) => draft.error === null);
}

function insert(messages, message) {
  let at = messages.length;
  while (at > 0 && messages[at - 1].id > message.id) at -= 1;
  if (at > 0 && messages[at - 1].id === message.id) return messages;
  return [...messages.slice(0, at), message, ...messages.slice(at)];
}

function merge(messages, news) {
  const newest = messages.at(-1)?.id ?? 0;
  const follows = news.length === 0 || news[0].id > newest;
  return follows ? [...messages, ...news] : news.reduce(insert, messages);
}

function without(outbox, { client_id, user_id }) {
  // Only who wrote it: somebody else may send the same client_id on purpose.
  const rest = outbox.filter((draft) => draft.client_id !== client_id || draft.by !== user_id);
  return rest.length === outbox.length ? outbox : rest;
}

function changed(state, client_id, change) {
  const outbox = state.outbox.map((draft) =>
    draft.client_id === client_id ? { ...draft, ...change } : draft,
  );
  return { ...state, outbox };
}
