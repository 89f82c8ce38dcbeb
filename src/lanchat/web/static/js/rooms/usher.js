// Who is put into a group is led there, and back when it ends; and what happens to one's rooms is told.

import { isHost } from "../moderation.js";
import { keep } from "../page.js";
import { roomWithId } from "./lists.js";
import { LOBBY } from "./views.js";

/** @type {Kept<readonly string[]>} */
const kept = keep("sessionStorage", "lanchat.groups"); // those that one was led to

/**
 * `say(text)` says what has just happened to the reader.
 * @param {Pick<RoomMeans, "words" | "dispatch"> & {
 *   signs: RoomSigns, say: (text: string) => void,
 * }} options
 * @returns {Part}
 */
export function makeUsher({ words, dispatch, signs, say }) {
  /** @type {readonly Room[] | null} */
  let known = null;
  /** @type {ReadonlySet<string>} */
  let led = new Set(kept.load() ?? []);

  /** @type {Part["update"]} */
  function update(state) {
    const { joined, rooms } = state;
    if (!joined || rooms === known) return;
    const before = known ?? rooms;
    known = rooms;
    for (const room of rooms) {
      const was = before.find(({ id }) => id === room.id);
      if (was !== undefined && was !== room) tellChanges(was, room);
    }
    const gone = before.filter((room) => roomWithId(state, room.id) === undefined);
    const ended = before.filter((room) => {
      const now = roomWithId(state, room.id);
      return room.kind === "group" && !room.closed && (now === undefined || now.closed);
    });
    const group = rooms.find(({ kind, closed }) => kind === "group" && !closed);
    if (group !== undefined && !led.has(group.id) && !isHost(state)) lead(group);
    else if (ended.some(({ id }) => id === state.room)) {
      dispatch({ type: "roomChosen", room: LOBBY });
      say(words.t("rooms.groups_over"));
    } else if (gone.length > 0) say(words.t("rooms.gone", { name: signs.name(gone[0]) }));
  }

  /** @param {Room} group */
  function lead(group) {
    led = new Set([...led, group.id]);
    kept.save([...led]);
    dispatch({ type: "roomChosen", room: group.id });
    say(words.t("rooms.led", { name: signs.name(group) }));
  }

  /**
   * @param {Room} was
   * @param {Room} room
   */
  function tellChanges(was, room) {
    const { id, locked, readonly, slow, topic } = room;
    /** @type {string[]} */
    const told = [];
    if (room.kind === "main") return; // of which the rules tell
    if (room.name !== was.name && was.name !== "") {
      told.push(words.t("rooms.renamed", { name: signs.name(room) }));
    }
    if (locked !== was.locked) told.push(words.t(locked ? "rooms.locked" : "rooms.unlocked"));
    if (readonly !== was.readonly) {
      told.push(words.t(readonly ? "client.room_readonly" : "client.room_writable"));
    }
    if (slow !== was.slow) {
      told.push(slow > 0 ? words.count("client.room_slow", slow) : words.t("client.room_fast"));
    }
    if (topic !== was.topic) {
      told.push(topic ? words.t("client.room_topic", { topic }) : words.t("client.room_no_topic"));
    }
    const now = Date.now();
    for (const text of told) dispatch({ type: "commandAnswered", text, now, room: id });
  }

  return { update };
}
