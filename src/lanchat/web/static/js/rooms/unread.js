// How much one has not read, pure.

import { isGap } from "../window.js";
import { viewIn } from "./views.js";

/**
 * How much others have said in a room that this user has not read, and how much of it mentions them:
 * counted here where nothing of it is missing, else as the server counts.
 * @param {State} state
 * @param {Room} room
 */
export function unreadIn(state, { id, unread, mentions }) {
  const view = viewIn(state, id);
  const upTo = view?.readUpTo ?? null;
  if (view === undefined || upTo === null || view.gaps.some((gap) => gap > upTo)) {
    return { unread, mentions };
  }
  const { messages } = view;
  const count = { unread: 0, mentions: 0 };
  for (let at = messages.length - 1; at >= 0 && messages[at].id > upTo; at -= 1) {
    const { user_id, mentions: named = [] } = messages[at];
    if (user_id !== state.you.id) {
      count.unread += 1;
      count.mentions += Number(named.includes(state.you.id));
    }
  }
  return count;
}

/**
 * How much that is in all the rooms that are not shown: what was said to this user alone counts as
 * what mentions them.
 * @param {State} state
 */
export function unreadElsewhere(state) {
  const sum = { unread: 0, mentions: 0 };
  for (const room of state.rooms) {
    if (room.id === state.room) continue;
    const { unread, mentions } = unreadIn(state, room);
    sum.unread += unread;
    sum.mentions += room.kind === "direct" ? unread : mentions;
  }
  return sum;
}

/**
 * The id up to which this user has read a room of which so much is left to them; where that begins
 * before all that is here, the one before.
 * @param {Pick<State, "messages" | "gaps" | "you">} state
 * @param {number} unread
 */
export function readAccordingTo(state, unread) {
  const { messages, you } = state;
  let left = unread;
  for (let at = messages.length - 1; at >= 0; at -= 1) {
    if (left === 0) return messages[at].id;
    if (messages[at].user_id !== you.id) left -= 1;
    if (isGap(state, at)) return messages[at].id - 1;
  }
  return Math.max(0, (messages[0]?.id ?? 0) - 1);
}
