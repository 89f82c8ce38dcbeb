// What the page knows, and how it changes: (state, action) → state, pure. An action says what
// happened, as the server's events do; types.d.ts describes them all.

import { isEarly, laterThan } from "./early.js";
import * as history from "./history.js";
import * as moderation from "./moderation.js";
import * as outboxes from "./outbox.js";
import * as presence from "./presence.js";
import * as reactions from "./reactions.js";
import * as reading from "./reading.js";
import * as stretches from "./stretches.js";
import { typingReceived } from "./typing.js";

/**
 * What was written by another user is said only if one asks: `stale` is why.
 * @param {{
 *   you: User, invite: Invite, outbox?: readonly Draft[], stale?: Draft["error"],
 *   readUpTo?: number | null,
 * }} page
 * @returns {State}
 */
export function initial({ you, invite, outbox = [], stale = null, readUpTo = null }) {
  return {
    link: "connecting",
    whyFull: "",
    joined: false,
    you,
    invite,
    members: [],
    messages: [],
    notes: [],
    expected: [],
    away: [],
    outbox: outboxes.draftsOf(you, outbox, stale),
    stale,
    gaps: [],
    lastSeq: 0,
    epoch: "",
    unseen: {},
    unseenReactions: {},
    early: [],
    pins: [],
    mine: {},
    toldMine: [],
    reacting: {},
    typing: [],
    asked: 0,
    here: true,
    atEnd: true,
    readUpTo,
    newAfter: null,
    rules: moderation.NO_RULES,
    badges: {},
    mutedUntil: null,
    removal: null,
    cleared: 0,
    clearedOf: {},
    retired: [],
    toldCount: 0,
    clockOffset: 0,
  };
}

/** @type {Reducers} */
const reducers = {
  // Also before the first snapshot: people are seen by then, and "Connecting…" would be no news.
  connectionLost: (state) =>
    ["connecting", "online"].includes(state.link)
      ? disconnected(state, "offline")
      : { ...state, early: [] },
  serverStopped: (state) => disconnected(state, "stopped"),
  serverFull: (state, { why }) => disconnected(state, "full", why),

  snapshotReceived(state, { snapshot }) {
    const { you, members, rules, invite = state.invite } = snapshot;
    const after = presence.withMembers(history.caughtUp(state, snapshot), members);
    // While this page slept somebody else may have logged in, in another tab of the browser.
    const outbox = outboxes.draftsOf(you, after.outbox, state.stale);
    /** @type {State} */
    const known = { ...after, link: "online", you, invite, rules, outbox };
    return reading.withMissed(laterThan(snapshot.seq, state.early).reduce(reduceOne, known));
  },

  inviteChanged: (state, { invite }) => ({ ...state, invite }),
  rulesChanged: moderation.rulesChanged,
  noticeReceived: moderation.noticeReceived,
  commandAnswered: history.tell,

  memberJoined: presence.memberJoined,
  memberLeft: presence.memberLeft,
  membersChanged: presence.membersChanged,
  memberChanged: presence.memberChanged,
  timePassed: presence.timePassed,
  typingReceived,

  messagePosted: history.messagePosted,
  messageChanged: history.messageChanged,
  reactionsChanged: reactions.reactionsChanged,
  mineChanged: reactions.mineChanged,
  reactionChosen: reactions.reactionChosen,
  reactionSettled: reactions.reactionSettled,
  historyCleared: history.historyCleared,
  userCleared: history.userCleared,
  messagesRetired: history.messagesRetired,
  historyAsked: stretches.historyAsked,
  historyReceived: stretches.historyReceived,
  historyFailed: stretches.historyFailed,
  historyTrimmed: stretches.historyTrimmed,
  attentionChanged: reading.attentionChanged,

  fileChanged: outboxes.fileChanged,
  draftQueued: (state, action) => reading.withoutNew(outboxes.draftQueued(state, action)),
  draftLeft: outboxes.draftLeft,
  draftStored: outboxes.draftStored,
  draftRefused: outboxes.draftRefused,
  draftRetried: outboxes.draftRetried,
  draftDiscarded: outboxes.draftDiscarded,
};

/**
 * @template {Action["type"]} Type
 * @param {State} state
 * @param {Action<Type>} action
 */
export function reduce(state, action) {
  if (isEarly(state, action.type)) {
    const kept = /** @type {Action} */ (/** @type {unknown} */ (action));
    return { ...state, early: [...state.early, kept] };
  }
  return reading.withNew(reduceOne(state, action));
}

/**
 * @template {Action["type"]} Type
 * @param {State} state
 * @param {Action<Type>} action
 * @returns {State}
 */
function reduceOne(state, action) {
  return reducers[action.type](state, action);
}

/**
 * @param {State} state
 * @param {Link} link
 * @returns {State}
 */
function disconnected(state, link, whyFull = "") {
  if (state.link === "removed") return state;
  const after = state.joined ? presence.withAllExpected(state) : state;
  return { ...after, link, whyFull, joined: false, early: [], toldMine: [] };
}
