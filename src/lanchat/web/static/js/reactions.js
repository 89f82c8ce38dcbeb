// Reactions to messages, pure. What everybody is told stands in the messages; `mine` is what this
// user has done; `reacting` is what they have just chosen and the others' count may not have yet.
//
// The server tells one's own first and the count afterwards: so the count that comes behind one's
// own has it in it.

import { isWaiting, messageWith, reacted } from "./versions.js";

/** What is at hand; any other emoji can be typed. */
export const AT_HAND = ["👍", "❤️", "😂", "😮", "😢", "🎉"];

/** @type {readonly string[]} */
const NONE = [];

/**
 * A message has these reactions from now on.
 * @type {Reducer<"reactionsChanged">}
 */
export function reactionsChanged(state, { id, seq, reactions }) {
  const after = counted(withReactions(state, id, { seq, reactions }), id);
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
  return { ...state, unseenReactions: { ...state.unseenReactions, [id]: told } };
}

/**
 * What this user has done, by messages; live it counts more than in an answer on its way.
 * @type {Reducer<"mineChanged">}
 */
export function mineChanged(state, { mine }) {
  const ids = Object.keys(mine).map(Number);
  const known = { ...state.mine };
  for (const id of ids) known[id] = mine[id];
  const toldMine = isWaiting(state) ? [...state.toldMine, ...ids] : state.toldMine;
  return ids.reduce(stored, { ...state, mine: known, toldMine });
}

/**
 * What an answer says of one's own, for all of the messages in it.
 * @param {State} state
 * @param {readonly Pick<Message, "id">[]} messages
 * @param {Mine} mine
 * @returns {State}
 */
export function withMine(state, messages, mine) {
  /** @type {Record<number, readonly string[]>} */
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
  return withChosen(state, id, [...others, { emoji, on, stored: false }]);
}

/**
 * The server has taken it, and told this user's own before if it has changed anything; or not.
 * @type {Reducer<"reactionSettled">}
 */
export function reactionSettled(state, { id, emoji, on }) {
  const rest = chosenOf(state, id).filter(
    (one) => one.emoji !== emoji || one.on !== on || one.stored,
  );
  return withChosen(state, id, rest);
}

/**
 * @param {State} state
 * @param {number} id
 */
function stored(state, id) {
  const own = state.mine[id] ?? NONE;
  const chosen = chosenOf(state, id).map((one) =>
    own.includes(one.emoji) === one.on ? { ...one, stored: true } : one,
  );
  return withChosen(state, id, chosen);
}

/**
 * What the others are told has the stored ones in it from now on.
 * @param {State} state
 * @param {number} id
 */
export function counted(state, id) {
  return withChosen(
    state,
    id,
    chosenOf(state, id).filter((one) => !one.stored),
  );
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
 * @param {readonly string[]} own
 * @param {readonly Chosen[]} chosen
 * @returns {Pill[]}
 */
export function pillsOf({ reactions = {} }, own = NONE, chosen = []) {
  const kinds = [...Object.keys(reactions), ...chosen.map(({ emoji }) => emoji)];
  return [...new Set(kinds)].flatMap((emoji) => {
    const { count = 0, users = [] } = reactions[emoji] ?? {};
    const choice = chosen.find((one) => one.emoji === emoji);
    const isOwn = choice?.on ?? own.includes(emoji);
    const shown = count + difference(choice, own.includes(emoji));
    return shown > 0 ? [{ emoji, count: shown, own: isOwn, users }] : [];
  });
}

/**
 * By how much the count of all is behind what one has chosen.
 * @param {Chosen | undefined} choice
 * @param {boolean} before whether it was one's own before
 */
function difference(choice, before) {
  if (choice === undefined || (before === choice.on && !choice.stored)) return 0;
  return choice.on ? 1 : -1;
}
