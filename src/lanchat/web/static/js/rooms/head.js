// The head of the page, where there are rooms: which one is shown, who is in it, and how much is new
// in the others.

import { element, icon, setText } from "../dom.js";
import { shownRoom } from "./lists.js";
import { count } from "./list.js";
import { unreadElsewhere } from "./unread.js";

const MOST_NAMES = 4;

/**
 * `onRooms(button)` shows the list where it is not beside the talk, `onMenu(button)` what can be done
 * with the room.
 * @param {HTMLElement} chat
 * @param {{
 *   words: Words, signs: RoomSigns, title: string,
 *   onRooms: (button: HTMLElement) => void, onMenu: (button: HTMLElement) => void,
 * }} options
 */
export function mountHead(chat, { words, signs, title, onRooms, onMenu }) {
  const [bar, name, line] = [".bar", ".bar__room", ".bar__count"].map((part) => within(chat, part));
  const text = element("bdi", "bar__name");
  const menu = element("button", "bar__turn", text, icon("room-turn"));
  const badge = element("span", "bar__badge");
  const rooms = element("button", "button button--icon bar__rooms", icon("room-rooms"), badge);
  const people = element("p", "bar__count");
  let shown = false;

  for (const button of [menu, rooms]) {
    button.type = "button";
    button.setAttribute("aria-expanded", "false");
  }
  menu.setAttribute("aria-haspopup", "menu");
  rooms.setAttribute("aria-haspopup", "dialog");
  rooms.title = words.t("rooms.title");
  menu.title = words.t("rooms.menu");
  menu.addEventListener("click", () => onMenu(menu));
  rooms.addEventListener("click", () => onRooms(rooms));

  /** @param {boolean} several */
  function show(several) {
    if (several === shown) return;
    shown = several;
    if (several) {
      bar.prepend(rooms);
      name.replaceChildren(menu);
      line.after(people);
    } else {
      rooms.remove();
      people.remove();
      name.replaceChildren(title);
      line.hidden = false;
    }
  }

  /**
   * @param {State} state
   * @param {boolean} several
   */
  function update(state, several) {
    show(several);
    if (!several) return;
    const room = shownRoom(state);
    setText(text, signs.name(room));
    line.hidden = room.kind !== "main";
    people.hidden = !line.hidden;
    setText(people, peopleOf(state, room));
    const { unread, mentions } = unreadElsewhere(state);
    const sum = unread > 0 ? [count(unread, mentions > 0)] : [];
    badge.replaceChildren(...sum);
    const news = unread > 0 ? `, ${words.count("client.new_messages", unread)}` : "";
    rooms.setAttribute("aria-label", `${words.t("rooms.title")}${news}`);
  }

  /**
   * @param {State} state
   * @param {Room} room
   */
  function peopleOf({ members, you }, { kind, person, people: all, ...room }) {
    if (kind === "direct") {
      const here = members.some(({ id }) => id === person?.id);
      return words.t(here ? "rooms.two" : "rooms.away", { name: person?.name });
    }
    const few = all !== null && all.length > 1 && all.length <= MOST_NAMES;
    if (kind === "group" && few) {
      const others = all.filter(({ id }) => id !== you.id).map((one) => one.name);
      const names = [...others, ...(others.length < all.length ? [words.t("client.you")] : [])];
      return words
        .list(names)
        .map(({ value }) => value)
        .join("");
    }
    return words.count("rooms.people", room.members);
  }

  return { update, menu, rooms };
}

/**
 * @param {HTMLElement} node
 * @param {string} selector
 */
function within(node, selector) {
  const found = node.querySelector(selector);
  if (found instanceof HTMLElement) return found;
  throw new TypeError(`no ${selector} is there`);
}
