// Reactions to messages, pure. What everybody is told stands in the messages; `mine` is what this
// user has done; `reacting` is what they have just chosen, until the server has answered.

import { withTally } from "./copies.js";
import { inAll, inRoom, roomWith } from "./rooms/views.js";
import { isWaiting, messageWith, reacted } from "./versions.js";

/** What is at hand; any other emoji can be typed. */
export const AT_HAND = ["👍", "❤️", "😂", "😮", "😢", "🎉"];

/** @type {readonly string[]} */
const NONE = [];

/**
 * A message has these reactions, or votes, from now on.
 * @type {Reducer<"reactionsChanged">}
 */
export function reactionsChanged(state, { id, ...told }) {
  const { seq } = told;
  const room = roomWith(state, id) ?? state.room;
  const there = inRoom(state, room, (one) => withReactions(one, id, told));
  const after = inAll(there, (one) => withTally(one, id, told));
  return state.joined ? { ...after, lastSeq: Math.max(after.lastSeq, seq) } : after;
}

/**
 * @param {State} state
 * @param {number} id
 * @param {Told} told
 * @returns {State}
 */
function withReactions(state, id, told) {
  const shown = messageWith(state, id);
  if (shown !== undefined) {
    if (shown.seq >= told.seq) return state;
    const message = reacted(shown, told);
    return { ...state, messages: state.messages.map((one) => (one === shown ? message : one)) };
  }
  if (!isWaiting(state)) return state;
  const known = { ...state.unseenReactions[id], ...told };
  return { ...state, unseenReactions: { ...state.unseenReactions, [id]: known } };
}

/**
 * What this user has done, by messages; live it counts more than in an answer on its way.
 * @type {Reducer<"mineChanged">}
 */
export function mineChanged(state, { mine }) {
  const ids = Object.keys(mine).map(Number);
  const known = { ...state.mine };
  for (const id of ids) known[id] = { ...known[id], ...mine[id] };
  const toldMine = isWaiting(state) ? [...state.toldMine, ...ids] : state.toldMine;
  return { ...state, mine: known, toldMine };
}

/**
 * What an answer says of one's own, for all of the messages in it.
 * @param {State} state
 * @param {readonly Pick<Message, "id">[]} messages
 * @param {Mine} mine
 * @returns {State}
 */
export function withMine(state, messages, mine) {
  /** @type {Record<number, Own>} */
  const known = { ...state.mine };
  for (const { id } of messages) {
    if (state.toldMine.includes(id)) continue;
    if (mine[id] === undefined) delete known[id];
    else known[id] = mine[id];
  }
  return { ...state, mine: known };
}

/**
 * Somebody has chosen an emoji, which is shown at once.
 * @type {Reducer<"reactionChosen">}
 */
export function reactionChosen(state, { id, emoji, on }) {
  const others = chosenOf(state, id).filter((one) => one.emoji !== emoji);
  return withChosen(state, id, [...others, { emoji, on }]);
}

/**
 * The server has taken it, and told this user what is theirs before; or it has refused it.
 * @type {Reducer<"reactionSettled">}
 */
export function reactionSettled(state, { id, emoji, on }) {
  const rest = chosenOf(state, id).filter((one) => one.emoji !== emoji || one.on !== on);
  return withChosen(state, id, rest);
}

/**
 * @param {State} state
 * @param {number} id
 */
function chosenOf({ reacting }, id) {
  return reacting[id] ?? [];
}

/**
 * @param {State} state
 * @param {number} id
 * @param {readonly Chosen[]} chosen
 * @returns {State}
 */
function withChosen(state, id, chosen) {
  if (chosen.length === 0 && state.reacting[id] === undefined) return state;
  const reacting = { ...state.reacting, [id]: chosen };
  if (chosen.length === 0) delete reacting[id];
  return { ...state, reacting };
}

/**
 * The reactions to a message as its reader sees them, in the order in which they came.
 * @param {Pick<Message, "reactions">} message
 * @param {{ you: User, own?: readonly string[] | undefined, chosen?: readonly Chosen[] | undefined }} reader
 * @returns {Pill[]}
 */
export function pillsOf({ reactions = {} }, { you, own = NONE, chosen = [] }) {
  const kinds = [...Object.keys(reactions), ...chosen.map(({ emoji }) => emoji)];
  return [...new Set(kinds)].flatMap((emoji) => {
    const { count = 0, users = [] } = reactions[emoji] ?? {};
    const choice = chosen.find((one) => one.emoji === emoji);
    const isOwn = choice?.on ?? own.includes(emoji);
    const counted = isCounted({ count, users }, { you, isOwn: own.includes(emoji) });
    const shown = count + Number(isOwn) - Number(counted);
    return shown > 0 ? [{ emoji, count: shown, own: isOwn, users }] : [];
  });
}

/**
 * Whether a count has this user in it: who is told by name is; where not all are, it will be right.
 * @param {Reaction} reaction
 * @param {{ you: User, isOwn: boolean }} known
 */
function isCounted({ count, users }, { you, isOwn }) {
  const named = users.some(({ id }) => id === you.id);
  return named || (isOwn && users.length < count);
}
