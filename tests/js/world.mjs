// What the tests share: Ana's page, and what the server may tell it.

import { initial, reduce } from "#js/state.js";

export const ANA = { id: "a", name: "Ana" };
export const STALE = { message: "written before" };
export const MORNING = "2026-11-23T02:08:00.123Z";
export const NOW = Date.parse(MORNING);

export const INVITE = { lanUrl: "http://192.0.2.1", inviteUrl: "http://192.0.2.1/#code=1" };

/**
 * The state of Ana's page after these actions.
 * @param {Action[]} actions
 */
export function after(...actions) {
  const page = initial({ you: ANA, invite: INVITE, stale: STALE });
  return actions.reduce((state, action) => reduce(state, action), page);
}

/**
 * @param {string} id
 * @param {Partial<Member> & { minute?: number }} more
 * @returns {Member}
 */
export function member(id, { minute = 8, ...more } = {}) {
  return { id, name: id, ip: "192.0.2.1", since: `2026-11-23T02:0${minute}:00.123Z`, ...more };
}

/**
 * Bia's, where nothing else is said.
 * @param {number} id
 * @param {Partial<Message>} more
 * @returns {Message}
 */
export function message(id, more = {}) {
  const text = `message ${id}`;
  const written = { client_id: `client ${id}`, user_id: "b", user: "Bia", message: text };
  return { id, seq: id, ...written, ip: "192.0.2.2", time: MORNING, ...more };
}

/**
 * Ana comes in, or comes back: with these messages, given by their ids or as a whole.
 * @param {(number | Message)[]} messages
 * @param {Partial<Snapshot>} more
 * @returns {Action}
 */
export function snapshot(messages = [], more = {}) {
  const all = messages.map((one) => (typeof one === "number" ? message(one) : one));
  const members = [{ ...member("a"), name: "Ana" }];
  const rules = { topic: "", locked: false, readonly: false, slow: 0 };
  const news = { messages: all, complete: true, cleared: 0, pins: [], mine: {} };
  const told = { you: ANA, members, rules, ...news };
  const known = { seq: Math.max(0, ...all.map(({ seq }) => seq)), epoch: "e", anew: false };
  return { type: "snapshotReceived", snapshot: { ...told, ...known, changed: [], ...more } };
}

/** Ana comes in, and nothing has been said. */
export const here = snapshot();

/**
 * An open room as the wire has it.
 * @param {string} id
 * @returns {Wire.RoomHere}
 */
export function room(id) {
  const rules = { topic: "", locked: false, readonly: false, slow: 0 };
  return { id, name: id, kind: "open", ...rules, closed: false, members: 1 };
}

/**
 * The same as a room that Ana is in, and has read.
 * @param {string} id
 * @param {Partial<RoomMissed>} more
 * @returns {RoomMissed}
 */
export function missed(id, more = {}) {
  const { person: _, people: _none, ...facts } = room(id);
  const kind = id === "lobby" ? "main" : "open";
  const told = { unread: 0, mentions: 0, complete: true, cleared: 0 };
  return { ...facts, kind, ...told, ...more };
}

/**
 * The message with this id was deleted at this position.
 * @param {number} id
 * @param {number} seq
 * @returns {Action}
 */
export function deleted(id, seq) {
  return { type: "messageChanged", message: gone(id, seq) };
}

/**
 * What is left of it.
 * @param {number} id
 * @param {number} seq
 * @param {Partial<Message>} more
 */
export function gone(id, seq, more = {}) {
  return message(id, { seq, message: "", deleted: true, ...more });
}

/**
 * @param {number} id
 * @param {Partial<Message>} [more]
 * @returns {Action}
 */
export function posted(id, more) {
  return { type: "messagePosted", message: message(id, more) };
}

/**
 * @param {string} id
 * @param {Partial<Member> & { minute?: number, now?: number }} [more]
 * @returns {Action}
 */
export function joined(id, { now = NOW, ...more } = {}) {
  return { type: "memberJoined", member: member(id, more), now };
}

/**
 * Who is gone for good, unless they may come back.
 * @param {string} id
 * @param {{ logout?: boolean, now?: number }} [more]
 * @returns {Action}
 */
export function left(id, { logout = true, now = NOW } = {}) {
  return { type: "memberLeft", departure: { id, name: id, logout }, now };
}

/**
 * A moment in a crowd; one letter is one person.
 * @param {string} came
 * @returns {Action}
 */
export function crowd(came, went = "") {
  const arrivals = [...came].map((id) => member(id));
  const departures = [...went].map((id) => ({ id, name: id, logout: true }));
  return { type: "membersChanged", joined: arrivals, left: departures, now: NOW };
}

/** @type {Action} */
export const lost = { type: "connectionLost" };

/**
 * @param {string} client_id
 * @returns {Action}
 */
export function queued(client_id) {
  return { type: "draftQueued", draft: { client_id, text: "hello" } };
}

/**
 * @param {string} client_id
 * @param {number} id
 * @returns {Action}
 */
export function stored(client_id, id, now = 0) {
  return { type: "draftStored", client_id, id, time: MORNING, now };
}

/**
 * @param {string} client_id
 * @param {string} code
 * @returns {Action}
 */
export function refused(client_id, code) {
  return { type: "draftRefused", client_id, error: { code, message: code } };
}

/** @param {State} state */
export function ids({ messages }) {
  return messages.map(({ id }) => id);
}

/** @param {State} state */
export function texts({ messages }) {
  return messages.map((one) => one.message);
}
