// The wire's words and the page's, pure: docs/protocol.md as this page speaks it. What the server
// says becomes an action of the state; what the page asks becomes an event of the wire.

const ROOM = "lobby"; // the one that everybody is in
const STRETCH = 100; // messages of the history at a time

/**
 * By the wire's name, what an event means to the page.
 * @type {Wire.Actions}
 */
export const ACTIONS = {
  server_stop: () => ({ type: "serverStopped" }),
  add_chat_message: (message) => ({ type: "messagePosted", message }),
  message_changed: (message) => ({ type: "messageChanged", message }),
  reactions_changed: (changed) => ({ type: "reactionsChanged", ...changed }),
  mine: (mine) => ({ type: "mineChanged", mine: mineOf(mine) }),
  typing: ({ user_id: id, user: name }) => ({
    type: "typingReceived",
    typing: { id, name, since: performance.now() },
  }),
  history_cleared: ({ up_to }, now) => ({ type: "historyCleared", upTo: up_to, now }),
  user_cleared: ({ user_id, up_to, seq }) => ({
    type: "userCleared",
    userId: user_id,
    upTo: up_to,
    seq,
  }),
  messages_retired: ({ ranges }) => ({ type: "messagesRetired", ranges }),
  host_join_room: (arrival, now) => ({ type: "memberJoined", member: memberOf(arrival), now }),
  host_leave_room: (departure, now) => ({
    type: "memberLeft",
    departure: departureOf(departure),
    now,
  }),
  hosts_changed: ({ joined, left }, now) => ({
    type: "membersChanged",
    joined: joined.map(memberOf),
    left: left.map(departureOf),
    now,
  }),
  person_changed: ({ id, user, role, muted }, now) => ({
    type: "memberChanged",
    id,
    name: user,
    role,
    muted,
    now,
  }),
  room_changed: (rules, now) => ({ type: "rulesChanged", rules, now }),
  invite_changed: (invite) => ({ type: "inviteChanged", invite }),
  notice: (notice, now) => ({ type: "noticeReceived", notice, now }),
};

/**
 * Come in, and be told what this page has not seen yet.
 * @param {Pick<State, "lastSeq" | "epoch">} state
 * @returns {Wire.Request<"new_host">}
 */
export function snapshotRequest({ lastSeq, epoch }) {
  return ["new_host", { batches: true, last_seq: lastSeq, epoch }];
}

/**
 * @param {Pick<Draft, "client_id" | "text" | "quoted" | "mentions" | "files">} draft
 * @returns {Wire.Request<"new_message">}
 */
export function postRequest({ client_id, text, quoted, mentions, files }) {
  const references = {
    ...(quoted && { reply_to: quoted.id }),
    ...(mentions && { mentions }),
    ...(files && { files: files.flatMap(({ upload }) => upload ?? []) }),
  };
  return ["new_message", { message: text, client_id, ...references }];
}

/**
 * A part of the history, as long as an answer may be.
 * @param {Place} place
 * @returns {Wire.Request<"history">}
 */
export function historyRequest(place) {
  return ["history", { room: ROOM, limit: STRETCH, ...place }];
}

/**
 * Messages with files, the newest ones or those before a message.
 * @param {number} [before]
 * @returns {Wire.Request<"history">}
 */
export function filesRequest(before) {
  return ["history", { room: ROOM, limit: STRETCH, files: true, ...(before && { before }) }];
}

/**
 * What the answer to it means.
 * @param {Place} place
 * @param {Wire.Requests["history"]["answer"]} answer
 * @returns {Action}
 */
export function historyReceived(place, { messages, complete, mine, ...ends }) {
  const isFirst = ends.complete_before ?? (place.before !== undefined && complete);
  const isLast = ends.complete_after ?? (place.after !== undefined && complete);
  return { type: "historyReceived", place, messages, isFirst, isLast, mine: mineOf(mine) };
}

/**
 * What this user has done, by the ids of messages.
 * @param {Wire.Mine} mine
 * @returns {Mine}
 */
function mineOf(mine) {
  const all = Object.entries(mine).map(([id, { reactions = [] }]) => [Number(id), reactions]);
  return Object.fromEntries(all);
}

/**
 * A message of one's own says this from now on.
 * @param {number} id
 * @param {string} message
 * @param {readonly string[]} mentions
 * @returns {Wire.Request<"edit_message">}
 */
export function editRequest(id, message, mentions) {
  return ["edit_message", { id, message, client_id: newClientId(), mentions }];
}

/**
 * @param {number} id
 * @returns {Wire.Request<"delete_message">}
 */
export function deleteRequest(id) {
  return ["delete_message", { id }];
}

/**
 * @param {number} id
 * @param {string} emoji
 * @param {boolean} on
 * @returns {Wire.Request<"react">}
 */
export function reactRequest(id, emoji, on) {
  return ["react", { id, emoji, on }];
}

/** @returns {Wire.Request<"typing">} */
export function typingRequest() {
  return ["typing", { room: ROOM }];
}

/**
 * @param {Query} query
 * @returns {Wire.Request<"search">}
 */
export function searchRequest(query) {
  return ["search", { room: ROOM, ...query }];
}

/**
 * `person` is the id of whom the command means, where the text does not name them.
 * @param {string} name
 * @param {string} text
 * @param {string} [person]
 * @returns {Wire.Request<"host_command">}
 */
export function commandRequest(name, text, person) {
  return ["host_command", { name, text, ...(person && { person }) }];
}

/**
 * What the answer to a request for a snapshot means.
 * @param {Wire.Requests["new_host"]["answer"]} answer
 * @returns {Action}
 */
export function snapshotReceived(answer) {
  const { hosts: members, room: rules, anew = false, mine, ...missed } = answer;
  const snapshot = { ...missed, members, rules, anew, mine: mineOf(mine) };
  return { type: "snapshotReceived", snapshot };
}

/**
 * @param {Wire.Move} arrival
 * @returns {Member}
 */
function memberOf({ id, user, ip, time, role, muted }) {
  return { id, name: user, ip, since: time, role, muted };
}

/**
 * @param {Wire.Move} departure
 * @returns {Departure}
 */
function departureOf({ id, user, logout }) {
  return { id, name: user, logout };
}

/** A `client_id`, which is a random UUID. crypto.randomUUID is missing where a page has no https, as on most LANs. */
export function newClientId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
