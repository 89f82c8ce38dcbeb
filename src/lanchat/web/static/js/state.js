// What the page knows, and how it changes: (state, action) → state, pure. An action says what
// happened, as the server's events do; types.d.ts describes them all.

import { isEarly, laterThan } from "./early.js";
import { handsChanged } from "./hands.js";
import * as history from "./history.js";
import * as moderation from "./moderation.js";
import * as outboxes from "./outbox.js";
import * as presence from "./presence.js";
import * as reactions from "./reactions.js";
import * as reading from "./reading.js";
import * as rooms from "./rooms/lists.js";
import { allCaughtUp } from "./rooms/snapshot.js";
import { EMPTY, everywhere, inLobby, inRoom, LOBBY, roomOf, viewIn, where } from "./rooms/views.js";
import * as stretches from "./stretches.js";
import { typingReceived } from "./typing.js";
import * as votes from "./votes.js";

/**
 * What was written by another user is said only if one asks: `stale` is why. `room` is the id of the
 * one that was shown before.
 * @param {{
 *   you: User, invite: Invite, outbox?: readonly Draft[], stale?: Draft["error"],
 *   readUpTo?: number | null, room?: string,
 * }} page
 * @returns {State}
 */
export function initial({ you, invite, outbox = [], stale = null, readUpTo = null, ...page }) {
  const { room = LOBBY } = page;
  return {
    link: "connecting",
    whyFull: "",
    joined: false,
    you,
    room,
    rooms: [rooms.MAIN],
    others: [],
    views: room === LOBBY ? {} : { [LOBBY]: { ...EMPTY, readUpTo } },
    call: null,
    reports: 0,
    cue: null,
    invite,
    members: [],
    hands: [],
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
    announced: [],
    mine: {},
    toldMine: [],
    reacting: {},
    voting: {},
    typing: [],
    asked: 0,
    here: true,
    atEnd: true,
    readUpTo: room === LOBBY ? readUpTo : null,
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
    const { you, members, rules, hands = [], invite = state.invite } = snapshot;
    const after = presence.withMembers(allCaughtUp(state, snapshot), members);
    // While this page slept somebody else may have logged in, in another tab of the browser.
    const outbox = outboxes.draftsOf(you, after.outbox, state.stale);
    /** @type {State} */
    const known = { ...after, link: "online", you, invite, rules, hands, outbox };
    const told = reading.withMissed(laterThan(snapshot.seq, state.early).reduce(reduceOne, known));
    // Whoever opens the page begins where what is new does.
    return state.lastSeq > 0 ? told : { ...told, atEnd: told.newAfter === null };
  },

  inviteChanged: (state, { invite }) => ({ ...state, invite }),
  rulesChanged: inLobby(moderation.rulesChanged),
  noticeReceived: moderation.noticeReceived,
  commandAnswered: (state, { room = state.room, ...told }) =>
    inRoom(state, room, (there) => history.tell(there, told)),

  // Who is here is told in the main room.
  memberJoined: inLobby(presence.memberJoined),
  memberLeft: inLobby(presence.memberLeft),
  membersChanged: inLobby(presence.membersChanged),
  memberChanged: (state, action) =>
    rooms.withRenamed(inLobby(presence.memberChanged)(state, action), action),
  timePassed: inLobby(presence.timePassed),
  typingReceived: where(typingReceived),
  handsChanged,

  roomOpened: rooms.roomOpened,
  roomChanged: rooms.roomChanged,
  roomDeleted: rooms.roomDeleted,
  hostCalled: (state, call) => ({ ...state, call }),
  reportsChanged: (state) => ({ ...state, reports: state.reports + 1 }),
  cueGiven: (state, { cue }) => ({ ...state, cue }),
  roomEntered: rooms.roomEntered,
  roomChosen: rooms.roomChosen,
  personEntered: rooms.personEntered,
  personLeft: rooms.personLeft,
  readMoved: rooms.readMoved,

  messagePosted: (state, action) =>
    rooms.withOneMore(where(history.messagePosted)(state, action), action.message),
  messageChanged: where(history.messageChanged),
  reactionsChanged: reactions.reactionsChanged,
  mineChanged: reactions.mineChanged,
  reactionChosen: reactions.reactionChosen,
  reactionSettled: reactions.reactionSettled,
  voteChosen: votes.voteChosen,
  voteSettled: votes.voteSettled,
  announced: history.announced,
  historyCleared: where(history.historyCleared),
  userCleared: everywhere(history.userCleared),
  messagesRetired: everywhere(history.messagesRetired),
  historyAsked: stretches.historyAsked,
  historyReceived: (state, action) =>
    viewIn(state, roomOf(action)) === undefined
      ? stretches.historyFailed(state, {})
      : where(stretches.historyReceived)(state, action),
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
