// Telling the server what one has read, so that all of one's pages and the next login know.

import { newestId } from "../history.js";
import { readMoved } from "../protocol.js";
import { shownRoom } from "./lists.js";

const EVERY = 2_000; // milliseconds, as often as the server takes it

/**
 * @param {Pick<RoomMeans, "getState" | "dispatch" | "socket">} options
 * @returns {Part}
 */
export function mountMarking({ getState, dispatch, socket }) {
  /** @type {Map<string, number>} */
  const marked = new Map(); // room → up to which message it was told
  /** @type {Map<string, number>} */
  const waiting = new Map();
  let timer = 0;

  // Who goes has read what they have seen.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) for (const room of [...waiting.keys()]) mark(room);
  });

  /** @type {Part["update"]} */
  function update(state) {
    const { joined, here, atEnd, room } = state;
    const newest = newestId(state);
    const isNew = shownRoom(state).unread > 0 && newest > (marked.get(room) ?? 0);
    if (joined && here && atEnd && isNew) waiting.set(room, newest);
    // Not all who read at one moment say so at the same one.
    if (waiting.size > 0 && timer === 0) timer = window.setTimeout(next, EVERY * Math.random());
  }

  function next() {
    const [room] = waiting.keys();
    if (room !== undefined) mark(room);
    timer = window.setTimeout(() => {
      timer = 0;
      update(getState());
    }, EVERY);
  }

  /** @param {string} room */
  async function mark(room) {
    const id = waiting.get(room) ?? 0;
    waiting.delete(room);
    marked.set(room, id);
    const answer = await socket.ask(["mark_read", { room, id }]);
    if (answer?.ok) dispatch(readMoved(answer));
    else if (marked.get(room) === id) marked.delete(room);
  }

  return { update };
}
