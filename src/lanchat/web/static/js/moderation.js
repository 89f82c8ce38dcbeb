// What hosts do, pure: the rules of the room and what this page's user may do. Each change is
// told as a note in the list.

import { tell } from "./history.js";
import { shownRoom } from "./rooms/lists.js";
import { mayBePrivate, rulesIn } from "./rooms/rules.js";

/** @type {Rules} */
export const NO_RULES = { topic: "", locked: false, readonly: false, slow: 0 };

/** @param {Pick<State, "members" | "you">} state */
export function isHost({ members, you }) {
  return members.some(({ id, role }) => id === you.id && role === "host");
}

/**
 * Why this page may send nothing just now, or null.
 * @param {State} state
 * @returns {Phrase | null}
 */
export function silencedBy(state) {
  const { closed, kind, person } = shownRoom(state);
  if (closed) return ["client.room_closed", {}];
  const oneIsHost = isHost(state) || (person !== undefined && state.badges[person.id] === true);
  if (kind === "direct" && !mayBePrivate(state, oneIsHost)) return ["client.private_off", {}];
  if (isHost(state)) return null;
  const me = state.members.find(({ id }) => id === state.you.id);
  if (me?.muted) return muted(state.mutedUntil);
  return rulesIn(state).readonly ? ["client.room_readonly", {}] : null;
}

/**
 * Whether there is still time to edit a message, as far as this page knows: the server decides.
 * @param {State} state
 * @param {Message} message
 * @param {{ limit: number, now: number }} clock seconds, and this device's milliseconds
 */
export function mayEdit(state, { user_id, time, poll }, { limit, now }) {
  const allowed = poll === undefined && (state.rules.edits !== false || isHost(state));
  const age = now + state.clockOffset - Date.parse(time);
  return user_id === state.you.id && allowed && silencedBy(state) === null && age < 1_000 * limit;
}

/** @type {Reducer<"rulesChanged">} */
export function rulesChanged(state, { rules, now }) {
  const before = state.rules;
  /** @type {Phrase[]} */
  const phrases = [];
  if (rules.locked !== before.locked) {
    phrases.push([rules.locked ? "client.room_locked" : "client.room_unlocked", {}]);
  }
  if (rules.readonly !== before.readonly) {
    phrases.push([rules.readonly ? "client.room_readonly" : "client.room_writable", {}]);
  }
  if (rules.slow !== before.slow) {
    const { slow } = rules;
    phrases.push(slow > 0 ? ["client.room_slow", { count: slow }] : ["client.room_fast", {}]);
  }
  if (rules.topic !== before.topic) {
    const { topic } = rules;
    phrases.push(topic ? ["client.room_topic", { topic }] : ["client.room_no_topic", {}]);
  }
  return phrases.reduce((after, phrase) => tell(after, { phrase, now }), { ...state, rules });
}

/**
 * What a host did to this page's user.
 * @type {Reducer<"noticeReceived">}
 */
export function noticeReceived(state, { notice, now }) {
  const { code, until } = notice;
  if (code === "kicked" || code === "banned") return { ...state, link: "removed", removal: notice };
  /** @type {Record<string, Phrase>} */
  const phrases = {
    muted: muted(until),
    unmuted: ["client.unmuted_you", {}],
    host: ["client.hosted_you", {}],
    unhost: ["client.unhosted_you", {}],
    deleted: ["client.deleted_yours", {}],
  };
  const phrase = phrases[code];
  const mutedUntil = code === "muted" ? until : state.mutedUntil;
  return phrase ? tell({ ...state, mutedUntil }, { phrase, now }) : state;
}

/**
 * @param {string | null} until
 * @returns {Phrase}
 */
function muted(until) {
  return until ? ["client.muted_you", { until }] : ["client.muted_you_forever", {}];
}
