// Whether a message that comes is to be heard, and how.

import { newestId } from "./history.js";
import { concerns } from "./mentions.js";
import { roomWithId } from "./rooms/lists.js";
import { roomOf, viewIn } from "./rooms/views.js";

/**
 * Whether a message concerns its reader, whether they see it, and whether it is in another room; null
 * for what is no news, or their own.
 * @param {State} before
 * @param {State} state
 * @param {Message} message
 */
export function waysToHear(before, state, message) {
  const { you, here, atEnd } = state;
  const id = roomOf(message);
  const known = viewIn(before, id);
  const isNews = before.joined && known !== undefined && message.id > newestId(known);
  if (!isNews || message.user_id === you.id) return null;
  const elsewhere = id !== state.room;
  return {
    concerns: concerns(message, you) || roomWithId(state, id)?.kind === "direct",
    reading: here && atEnd && !elsewhere,
    elsewhere,
  };
}
