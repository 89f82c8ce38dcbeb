// What the server tells of messages and rooms before it says what was missed, pure: kept until that is there.
// It may be of another history, in which the same ids are other messages. What has become of hands may
// overtake the answer that it goes on from.

/** @type {ReadonlySet<Action["type"]>} */
const KEPT = new Set([
  "messagePosted",
  "messageChanged",
  "reactionsChanged",
  "mineChanged",
  "announced",
  "historyCleared",
  "userCleared",
  "messagesRetired",
  "roomOpened",
  "roomChanged",
  "roomDeleted",
  "personEntered",
  "personLeft",
  "readMoved",
  "handsChanged",
]);

/**
 * Whether an action has to wait for the answer.
 * @param {State} state
 * @param {Action["type"]} type
 */
export function isEarly({ joined }, type) {
  return !joined && KEPT.has(type);
}

/**
 * What was kept, without what an answer has in it already.
 * @param {readonly Action[]} early
 * @param {number} seq the answer's
 */
export function laterThan(seq, early) {
  return early.filter((action) => positionOf(action) > seq);
}

/** @param {Action} action */
function positionOf(action) {
  if ("message" in action) return action.message.seq;
  return "seq" in action ? action.seq : Infinity;
}
