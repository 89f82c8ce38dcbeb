// What holds in the room that is shown, pure.

import { shownRoom } from "./lists.js";
import { LOBBY } from "./views.js";

/** @type {WeakMap<Rules, { room: RoomFacts, rules: Rules }>} */
const known = new WeakMap();

/**
 * What holds where one is: in a room what holds for all, or more strictly; its topic is its own. The
 * same object for as long as it is the same.
 * @param {Pick<State, "rules" | "rooms" | "room">} state
 * @returns {Rules}
 */
export function rulesIn(state) {
  const { rules } = state;
  if (state.room === LOBBY) return rules;
  const room = shownRoom(state);
  const before = known.get(rules);
  if (before !== undefined && isSame(before.room, room)) return before.rules;
  const { topic, locked } = room;
  const readonly = rules.readonly || room.readonly;
  const slow = Math.max(rules.slow, room.slow);
  const here = { ...rules, topic, locked, readonly, slow };
  known.set(rules, { room, rules: here });
  return here;
}

/**
 * Whether two people may talk alone, of whom perhaps one is host.
 * @param {Pick<State, "rules">} state
 * @param {boolean} oneIsHost
 */
export function mayBePrivate({ rules: { private: between = "hosts" } }, oneIsHost) {
  return between === "all" || (between === "hosts" && oneIsHost);
}

/**
 * @param {RoomFacts} one
 * @param {RoomFacts} other
 */
function isSame(one, other) {
  return (
    one.id === other.id &&
    one.topic === other.topic &&
    one.locked === other.locked &&
    one.readonly === other.readonly &&
    one.slow === other.slow
  );
}
