// What the page knows, and how it changes: (state, action) → state, pure. An action says what
// happened, as the server's events do.

import * as history from "./history.js";
import * as moderation from "./moderation.js";
import * as presence from "./presence.js";

/** What was written before one logged in anew is said again only if one asks: `stale` is why. */
export function initial({ you, invite = null, outbox = [], stale = null }) {
  const own = (draft) => (draft.by === you.id ? draft : { ...draft, error: stale });
  return {
    link: "connecting", // connecting, online, offline, stopped, full or removed
    whyFull: "", // the server's words, where it lets nobody more in
    joined: false,
    you,
    invite, // where others can join: lanUrl, and inviteUrl, which brings the access code
    members: [],
    messages: [],
    notes: [], // what happened between the messages while this page was open
    expected: [], // ids of who was here when the connection was lost: their return is no news
    outbox: outbox.map(own), // own messages that the server has not confirmed yet, oldest first
    gaps: [], // ids of messages before which older ones were left out
    lastSeq: 0, // the position up to which nothing is missing
    epoch: "", // the server's name for the stretch of positions in which that was learned
    unseen: {}, // id → the last version of a message that is not shown: deleted, or to come
    early: [], // ids of messages that came live before the catch-up
    rules: moderation.NO_RULES,
    badges: {}, // id → whether this user is host, also of those who have left
    mutedUntil: null,
    removal: null, // the notice by which a host has removed this user
    cleared: 0, // the newest id of a history that was deleted
    toldCount: 0, // how many notes were for this page alone
    clockOffset: 0, // milliseconds that the server's clock is before this device's, as far as known
  };
}

const reducers = {
  connectionLost: (state) => disconnected(state, "offline"),
  serverStopped: (state) => disconnected(state, "stopped"),
  serverFull: (state, { why }) => disconnected(state, "full", why),

  snapshotReceived(state, { snapshot }) {
    const { you, members, invite = state.invite, rules = state.rules } = snapshot;
    const after = presence.withMembers(history.caughtUp(state, snapshot), members);
    return { ...after, link: "online", joined: true, you, invite, rules };
  },

  inviteChanged: (state, { invite }) => ({ ...state, invite }),
  rulesChanged: moderation.rulesChanged,
  noticeReceived: moderation.noticeReceived,
  commandAnswered: history.tell,

  memberJoined: presence.memberJoined,
  memberLeft: presence.memberLeft,
  membersChanged: presence.membersChanged,
  memberChanged: presence.memberChanged,

  messagePosted: history.messagePosted,
  messageChanged: history.messageChanged,
  historyCleared: history.historyCleared,
  historyTrimmed: history.historyTrimmed,

  draftQueued: history.draftQueued,
  draftStored: history.draftStored,
  draftRefused: history.draftRefused,
  draftRetried: history.draftRetried,
  draftDiscarded: history.draftDiscarded,
};

export function reduce(state, action) {
  return reducers[action.type](state, action);
}

function disconnected(state, link, whyFull = "") {
  if (state.link === "removed") return state;
  const after = state.joined ? presence.withAllExpected(state) : state;
  return { ...after, link, whyFull, joined: false, early: [] };
}
