// What can be done with the room that is shown, and with rooms at all.

import { isHost } from "../moderation.js";
import { askFor } from "./forms.js";
import { shownRoom } from "./lists.js";
import { mayChange, mayLeave, mayOpen } from "./permissions.js";

/**
 * `onFind(opener)` is the way to all rooms.
 * @param {Pick<RoomMeans, "words" | "overlays" | "getState" | "tell" | "orders" | "commands"> & {
 *   signs: RoomSigns, going: Going, onFind: (opener: HTMLElement) => void,
 * }} options
 */
export function makeMenu({ words, overlays, getState, tell, orders, commands, ...more }) {
  const { signs, going, onFind } = more;

  /**
   * @param {string} name
   * @param {string} text
   */
  async function command(name, text) {
    tell(await orders.command(name, text));
  }

  /** @param {string} name */
  function knows(name) {
    return commands.some((one) => one.name === name);
  }

  /** @param {HTMLElement} opener */
  function show(opener) {
    const state = getState();
    const room = shownRoom(state);
    const { id, closed } = room;
    const label = signs.name(room);
    const changes = mayChange(state, room);
    const groups = room.kind === "group" && isHost(state) && !closed && knows("groups");
    /** @type {[boolean, MenuItem][]} */
    const all = [
      [true, item("find", "room-go", () => onFind(opener))],
      [mayOpen(state), item("open", "add", () => openRoom(opener))],
      [changes && !closed, item("rename", "edit", () => rename(opener, room))],
      [mayLeave(state, room), item("leave", "room-leave", () => going.leave(id))],
      [changes && !closed, danger("close", "ban", () => command("close", ""))],
      [groups, danger("end_groups", "ban", () => command("groups", "end"))],
      [changes && knows("erase"), danger("erase", "delete", () => command("erase", ""))],
    ];
    const items = all.filter(([offered]) => offered).map(([, one]) => one);
    overlays.openMenu(opener, { label, items });
  }

  /**
   * @param {string} key
   * @param {string} symbol
   * @param {() => void} onChoose
   * @returns {MenuItem}
   */
  function item(key, symbol, onChoose) {
    return { text: words.t(`rooms.${key}`), symbol, onChoose };
  }

  /** @type {typeof item} */
  function danger(key, symbol, onChoose) {
    return { ...item(key, symbol, onChoose), danger: true };
  }

  /** @param {HTMLElement} opener */
  function openRoom(opener) {
    askFor(opener, {
      overlays,
      title: words.t("rooms.open"),
      label: words.t("rooms.name"),
      hint: words.t("rooms.open_hint"),
      go: words.t("rooms.open_go"),
      onGo: going.open,
    });
  }

  /**
   * @param {HTMLElement} opener
   * @param {Room} room
   */
  function rename(opener, room) {
    askFor(opener, {
      overlays,
      title: words.t("rooms.rename"),
      label: words.t("rooms.name"),
      value: signs.name(room),
      go: words.t("page.save"),
      onGo: (name) => orders.command("rename", name),
    });
  }

  /** @param {HTMLElement} opener */
  function shareOut(opener) {
    askFor(opener, {
      overlays,
      title: words.t("rooms.groups"),
      label: words.t("rooms.how_many"),
      hint: words.t("rooms.groups_hint"),
      type: "number",
      value: "2",
      go: words.t("rooms.share_out"),
      onGo: (number) => orders.command("groups", number),
    });
  }

  return { show, openRoom, shareOut };
}
