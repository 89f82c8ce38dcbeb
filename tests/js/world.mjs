// What the tests share: Ana's page, and what the server may tell it.

import { initial, reduce } from "#js/state.js";

export const ANA = { id: "a", name: "Ana" };
const MORNING = "2026-11-23T02:08:00.123Z";

/** The state of Ana's page after these actions. */
export function after(...actions) {
  return actions.reduce(reduce, initial({ you: ANA }));
}

export function member(id, { minute = 8, ...more } = {}) {
  return { id, name: id, ip: "192.0.2.1", since: `2026-11-23T02:0${minute}:00.123Z`, ...more };
}

/** Bia's, where nothing else is said. */
export function message(id, more = {}) {
  const text = `message ${id}`;
  const written = { client_id: `client ${id}`, user_id: "b", user: "Bia", message: text };
  return { id, seq: id, ...written, ip: "192.0.2.2", time: MORNING, ...more };
}

/** Ana comes in, or comes back: with these messages, given by their ids or as a whole. */
export function snapshot(messages = [], more = {}) {
  const all = messages.map((one) => (typeof one === "number" ? message(one) : one));
  const members = [{ ...member("a"), name: "Ana" }];
  const seq = Math.max(0, ...all.map((one) => one.seq));
  const known = { seq, epoch: "e", anew: false, changed: [], cleared: 0 };
  const told = { you: ANA, members, messages: all, complete: true, ...known };
  return { type: "snapshotReceived", snapshot: { ...told, ...more } };
}

/** The message with this id was deleted at this position. */
export function deleted(id, seq) {
  return { type: "messageChanged", message: gone(id, seq) };
}

export function gone(id, seq) {
  return message(id, { seq, message: "", deleted: true });
}

export function posted(id, more) {
  return { type: "messagePosted", message: message(id, more) };
}

export function joined(id, more) {
  return { type: "memberJoined", member: member(id, more) };
}

export function left(id) {
  return { type: "memberLeft", departure: departure(id) };
}

/** A moment in a crowd; one letter is one person. */
export function crowd(came, went = "") {
  return { type: "membersChanged", joined: [...came].map((id) => member(id)), left: [...went].map(departure) };
}

export const lost = { type: "connectionLost" };

export function queued(client_id) {
  return { type: "draftQueued", draft: { client_id, text: "hello" } };
}

export function stored(client_id, id) {
  return { type: "draftStored", client_id, id, time: MORNING, now: 0 };
}

export function ids({ messages }) {
  return messages.map(({ id }) => id);
}

function departure(id) {
  return { id, name: id, time: MORNING };
}
