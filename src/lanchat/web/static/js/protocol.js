// The wire's words and the page's, pure: docs/protocol.md as this page speaks it. What the server
// says becomes an action of the state; what the page asks becomes an event of the wire.

import { LOBBY } from "./rooms/views.js";

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
  hands_changed: (changed) => ({ type: "handsChanged", ...changed }),
  announced: ({ id, seq }) => ({ type: "announced", id, seq }),
  mine: (mine) => ({ type: "mineChanged", mine: mineOf(mine) }),
  typing: ({ room, user_id: id, user: name }) => ({
    type: "typingReceived",
    typing: { id, name, since: performance.now() },
    ...(room && { room }),
  }),
  history_cleared: ({ up_to, room }, now) => ({
    type: "historyCleared",
    upTo: up_to,
    now,
    ...(room && { room }),
  }),
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
  room_changed: (changed, now) =>
    "id" in changed
      ? { type: "roomChanged", room: changed }
      : { type: "rulesChanged", rules: changed, now },
  room_closed: (room) => ({ type: "roomChanged", room }),
  room_deleted: ({ id }) => ({ type: "roomDeleted", room: id }),
  reports: () => ({ type: "reportsChanged" }),
  send_now: ({ text, ...person }) => ({ type: "cueGiven", cue: { text, person: userOf(person) } }),
  host_called: ({ room, name, ...person }, now) => ({
    type: "hostCalled",
    room,
    name,
    person: userOf(person),
    now,
  }),
  room_opened: ({ member, ...room }) => ({ type: "roomOpened", room: roomNew(room), member }),
  member_joined: ({ room, ...person }, now) => ({
    type: "personEntered",
    room,
    person: userOf(person),
    now,
  }),
  member_left: ({ room, ...person }, now) => ({
    type: "personLeft",
    room,
    person: userOf(person),
    now,
  }),
  read: readMoved,
  invite_changed: (invite) => ({ type: "inviteChanged", invite }),
  notice: (notice, now) => ({ type: "noticeReceived", notice, now }),
};

/**
 * Come in, and be told what this page has not seen yet; `rooms` is whether of all rooms.
 * @param {Pick<State, "lastSeq" | "epoch">} state
 * @param {boolean} [rooms]
 * @returns {Wire.Request<"new_host">}
 */
export function snapshotRequest({ lastSeq, epoch }, rooms = false) {
  return ["new_host", { batches: true, last_seq: lastSeq, epoch, ...(rooms && { rooms }) }];
}

/**
 * @param {Pick<Draft, "client_id" | "text" | "room" | "quoted" | "mentions" | "files">} draft
 * @returns {Wire.Request<"new_message">}
 */
export function postRequest({ client_id, text, room, quoted, mentions, files }) {
  const references = {
    ...(room && { room }),
    ...(quoted && { reply_to: quoted.id }),
    ...(mentions && { mentions }),
    ...(files && { files: files.flatMap(({ upload }) => upload ?? []) }),
  };
  return ["new_message", { message: text, client_id, ...references }];
}

/**
 * A part of a room's history, as long as an answer may be.
 * @param {Place} place
 * @returns {Wire.Request<"history">}
 */
export function historyRequest(place, room = LOBBY) {
  return ["history", { room, limit: STRETCH, ...place }];
}

/**
 * Messages of a room with files, the newest ones or those before a message.
 * @param {number} [before]
 * @returns {Wire.Request<"history">}
 */
export function filesRequest(before, room = LOBBY) {
  return ["history", { room, limit: STRETCH, files: true, ...(before && { before }) }];
}

/**
 * What the answer to it means.
 * @param {Place} place
 * @param {Wire.Requests["history"]["answer"]} answer
 * @returns {Action}
 */
export function historyReceived(place, { messages, complete, mine, ...ends }, room = LOBBY) {
  const isFirst = ends.complete_before ?? (place.before !== undefined && complete);
  const isLast = ends.complete_after ?? (place.after !== undefined && complete);
  return { type: "historyReceived", room, place, messages, isFirst, isLast, mine: mineOf(mine) };
}

/**
 * What this user has done, by the ids of messages.
 * @param {Wire.Mine} mine
 * @returns {Mine}
 */
function mineOf(mine) {
  return Object.fromEntries(Object.entries(mine).map(([id, own]) => [Number(id), own]));
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

/**
 * @param {string} room
 * @returns {Wire.Request<"typing">}
 */
export function typingRequest(room) {
  return ["typing", { room }];
}

/**
 * @param {Query} query
 * @returns {Wire.Request<"search">}
 */
export function searchRequest(query) {
  return ["search", query];
}

/**
 * `person` is the id of whom the command means, where the text does not name them; `room` is where
 * it was typed.
 * @param {string} name
 * @param {string} text
 * @param {string} [person]
 * @returns {Wire.Request<"host_command">}
 */
export function commandRequest(name, text, person, room = LOBBY) {
  const where = room === LOBBY ? {} : { room };
  return ["host_command", { name, text, ...(person && { person }), ...where }];
}

/**
 * What the answer to a request for a snapshot means.
 * @param {Wire.Requests["new_host"]["answer"]} answer
 * @returns {Action}
 */
export function snapshotReceived(answer) {
  const { hosts: members, room: rules, anew = false, mine, rooms, open, ...missed } = answer;
  const all = rooms && { rooms: rooms.map(roomMissed), others: open?.map(roomNew) };
  const snapshot = { ...missed, ...all, members, rules, anew, mine: mineOf(mine) };
  return { type: "snapshotReceived", snapshot };
}

/**
 * @param {Wire.RoomMine} room
 * @returns {RoomMissed}
 */
function roomMissed({ last_id: _, person, ...room }) {
  return { ...room, ...(person && { person: userOf(person) }) };
}

/**
 * A room of which nothing more is known.
 * @param {Wire.RoomHere} room
 * @returns {Room}
 */
function roomNew({ person, people, ...room }) {
  const its = person && { person: userOf(person) };
  return { ...room, ...its, people: people?.map(userOf) ?? null, unread: 0, mentions: 0 };
}

/**
 * @param {Wire.Person} person
 * @returns {User}
 */
function userOf({ id, user }) {
  return { id, name: user };
}

/**
 * What the answer to somebody who opens or enters a room means.
 * @param {Wire.Entered} answer
 * @returns {Action}
 */
export function roomEntered({ room: { person, ...room }, members, mine, ...found }) {
  const { messages, complete, pins } = found;
  const its = { ...room, ...(person && { person: userOf(person) }) };
  const people = members.map(userOf);
  return {
    type: "roomEntered",
    found: { room: its, people, messages, complete, pins, mine: mineOf(mine) },
  };
}

/**
 * What the answer to `mark_read` means, and what one's other pages are told.
 * @param {Wire.Read} read
 * @returns {Action<"readMoved">}
 */
export function readMoved({ room, id, unread, mentions }) {
  return { type: "readMoved", room, upTo: id, unread, mentions };
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
