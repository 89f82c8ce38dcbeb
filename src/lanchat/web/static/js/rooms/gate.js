// All that shows that there are rooms, loaded with the second one.

import { keep, whenNeeded } from "../page.js";
import { mountReports } from "../reports/gate.js";
import { loadSheet } from "../sheets.js";
import { LOBBY } from "./views.js";

// Milliseconds for each who is here: all pages learn at once of the first room beside the main one,
// and what a page then loads takes the server half of that.
const APART = 3;

/** @type {Kept<readonly string[]>} */
const kept = keep("sessionStorage", "lanchat.room");

/** Which room this user had before them when the page was loaded again. */
export const keptRoom = {
  /**
   * @param {User} user
   * @returns {{ room?: string }}
   */
  load({ id }) {
    const [by, room] = kept.load() ?? [];
    return by === id && room !== undefined ? { room } : {};
  },
  /** @param {State} state */
  save({ you, room }) {
    kept.save(room === LOBBY ? [] : [you.id, room]);
  },
};

/**
 * `rerender` is called when it is there. `talkTo(person)` lets one talk to somebody alone,
 * `openRoom(opener)` asks for the name of a new room, `shareOut(opener)` for how many groups there
 * shall be: what leads to a second one.
 * @param {RoomMeans} options
 */
export function mountGate(options) {
  /** @type {ReturnType<typeof import("./mount.js").mountRooms> | null} */
  let rooms = null;
  let shown = LOBBY;
  let wasAlone = false; // with the main room
  let waits = false;
  const reports = mountReports(options);

  const load = whenNeeded(async () => {
    const [{ mountRooms }, texts] = await Promise.all([
      import("./mount.js"),
      fetch("texts/rooms").then((answer) => answer.json()),
      loadSheet("page-rooms"),
    ]);
    options.words.add(texts);
    rooms = mountRooms(options);
    options.rerender();
    return rooms;
  });

  /** @param {number} people */
  function loadSoon(people) {
    if (waits) return;
    waits = true;
    const wait = wasAlone ? Math.random() * people * APART : 0;
    setTimeout(() => load().then(() => (waits = false)), wait);
  }

  async function needed() {
    const loaded = await load();
    if (loaded === null) options.tell(options.words.t("client.not_loaded"));
    return loaded;
  }

  /** @type {Part["update"]} */
  function update(state) {
    if (state.joined && state.room !== shown) {
      shown = state.room;
      keptRoom.save(state);
    }
    if (rooms === null && state.joined) {
      if (state.rooms.length + state.others.length > 1) loadSoon(state.members.length);
      else wasAlone = true;
    }
    rooms?.update(state);
    reports.update(state);
  }

  return {
    update,
    /** @param {User} person */
    talkTo: async (person) => (await needed())?.talkTo(person),
    /** @param {HTMLElement} opener */
    openRoom: async (opener) => (await needed())?.openRoom(opener),
    /** @param {HTMLElement} opener */
    shareOut: async (opener) => (await needed())?.shareOut(opener),
    /** @param {string} id */
    enter: async (id) => (await needed())?.enter(id),
    /**
     * What a room is called; "" where that is not known.
     * @param {string} id
     */
    nameOf: (id) => rooms?.nameOf(id) ?? "",
  };
}
