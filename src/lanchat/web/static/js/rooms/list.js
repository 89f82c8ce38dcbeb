// The list of rooms: beside the talk where the page is wide, else in a card behind a button. By the Tab
// key it is one stop, and the arrow keys go from room to room.

import { element, icon, lastOf, setText } from "../dom.js";
import { mayEnter } from "./permissions.js";
import { unreadIn } from "./unread.js";

const MOST = 99;

/**
 * `onFind(opener)` and `onOpen(opener)` are the buttons above it.
 * @param {{
 *   words: Words, signs: RoomSigns, onShow: (id: string) => void, onEnter: (id: string) => void,
 *   onFind: (opener: HTMLElement) => void, onOpen: (opener: HTMLElement) => void,
 *   mayOpen: (state: State) => boolean,
 * }} options
 */
export function makeList({ words, signs, mayOpen, ...on }) {
  const heading = element("h2", "rooms__heading", words.t("rooms.title"));
  const find = iconButton("room-find", words.t("rooms.find"), (node) => on.onFind(node));
  const open = iconButton("add", words.t("rooms.open"), (node) => on.onOpen(node));
  const mine = section("");
  const direct = section(words.t("rooms.private"));
  const others = section(words.t("rooms.others"));
  const groups = section(words.t("rooms.all_groups"));
  const closed = foldedSection();
  const lists = element(
    "div",
    "rooms__lists",
    mine.node,
    direct.node,
    groups.node,
    others.node,
    closed.node,
  );
  const top = element("div", "rooms__top", heading, find, open);
  const nav = element("nav", "rooms", top, lists);
  /** @type {Map<string, ReturnType<typeof makeItem>>} */
  const items = new Map();

  find.setAttribute("aria-keyshortcuts", "Control+K");
  nav.setAttribute("aria-label", words.t("rooms.title"));
  nav.addEventListener("keydown", walk);

  /** @type {Part["update"]} */
  function update(state) {
    const { rooms } = state;
    open.hidden = !mayOpen(state);
    const present = rooms.filter((room) => !room.closed);
    place(mine, state, [
      ...present.filter(({ kind }) => kind === "main"),
      ...present.filter(({ kind }) => kind === "open"),
      ...present.filter(({ kind }) => kind === "group"),
    ]);
    place(
      direct,
      state,
      present.filter(({ kind }) => kind === "direct"),
    );
    const ofKind = (/** @type {boolean} */ are) =>
      state.others.filter(({ kind }) => (kind === "group") === are);
    place(groups, state, ofKind(true));
    place(others, state, ofKind(false));
    const over = rooms.filter((room) => room.closed);
    place(closed, state, over);
    setText(closed.summary, words.t("rooms.closed", { count: over.length }));
    if (over.some(({ id }) => id === state.room)) closed.node.open = true;
    const ids = new Set([...rooms, ...state.others].map(({ id }) => id));
    for (const id of [...items.keys()]) if (!ids.has(id)) items.delete(id);
    rest(state);
  }

  /**
   * @param {{ node: HTMLElement, list: HTMLElement }} place
   * @param {State} state
   * @param {readonly Room[]} rooms
   */
  function place({ node, list }, state, rooms) {
    node.hidden = rooms.length === 0;
    const nodes = rooms.map((room) => {
      const item = items.get(room.id) ?? makeItem(room.id);
      items.set(room.id, item);
      item.fill(state, room);
      return item.node;
    });
    const isSame = nodes.length === list.children.length;
    if (isSame && nodes.every((each, at) => each === list.children[at])) return;
    const held = list.contains(document.activeElement) ? document.activeElement : null;
    list.replaceChildren(...nodes);
    if (held instanceof HTMLElement && held.isConnected) held.focus({ preventScroll: true });
  }

  /** @param {string} id */
  function makeItem(id) {
    const name = element("bdi", "rooms__name");
    const button = element("button", "rooms__room");
    const node = element("li", "", button);
    let isMine = true;
    let drawn = "";

    button.type = "button";
    button.addEventListener("click", () => (isMine ? on.onShow(id) : on.onEnter(id)));

    /**
     * @param {State} state
     * @param {Room} room
     */
    function fill(state, room) {
      isMine = state.rooms.includes(room);
      const { unread, mentions } = isMine ? unreadIn(state, room) : { unread: 0, mentions: 0 };
      const shown = room.id === state.room;
      const may = isMine || mayEnter(state, room);
      const facts = [signs.name(room), room.kind, room.locked, unread, mentions, may, isMine];
      const now = JSON.stringify([...facts, room.members, shown]);
      if (now === drawn) return;
      drawn = now;
      const personal = mentions > 0 || (room.kind === "direct" && unread > 0);
      setText(name, signs.name(room));
      const parts = [signs.sign(room), name];
      if (room.locked) parts.push(icon("lock"));
      if (unread > 0) parts.push(count(unread, personal));
      else if (!isMine) parts.push(element("span", "rooms__people", String(room.members)));
      button.replaceChildren(...parts);
      button.classList.toggle("rooms__room--new", unread > 0);
      button.disabled = !may;
      if (shown) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
      button.setAttribute("aria-label", labelOf(room, { unread, mentions }));
    }

    return { node, fill };
  }

  /**
   * @param {Room} room
   * @param {{ unread: number, mentions: number }} counts
   */
  function labelOf(room, { unread, mentions }) {
    const states = [
      signs.name(room),
      room.locked ? words.t("rooms.is_locked") : "",
      unread > 0 ? words.count("client.new_messages", unread) : "",
      mentions > 0 ? words.count("rooms.mentions", mentions) : "",
    ];
    return states.filter((text) => text !== "").join(", ");
  }

  /**
   * The Tab key stops at the room that is shown, unless somebody is walking.
   * @param {State} state
   */
  function rest(state) {
    const stops = stopsIn();
    const held = stops.find((stop) => stop === document.activeElement);
    const current = stops.find((stop) => stop.getAttribute("aria-current") === "true");
    for (const stop of stops) stop.tabIndex = stop === (held ?? current ?? stops[0]) ? 0 : -1;
    if (held === undefined && state.room !== lastShown) {
      current?.scrollIntoView({ block: "nearest" });
    }
    lastShown = state.room;
  }

  let lastShown = "";

  function stopsIn() {
    /** @type {NodeListOf<HTMLElement>} */
    const found = lists.querySelectorAll(".rooms__room, summary");
    return [...found].filter((stop) => stop.offsetParent !== null);
  }

  /** @param {KeyboardEvent} event */
  function walk(event) {
    const stops = stopsIn();
    const at = stops.findIndex((stop) => stop === event.target);
    if (at < 0) return;
    /** @type {Record<string, HTMLElement | undefined>} */
    const ways = {
      ArrowUp: stops[at - 1],
      ArrowDown: stops[at + 1],
      Home: stops[0],
      End: lastOf(stops),
    };
    const next = ways[event.key];
    if (next === undefined) return;
    event.preventDefault();
    stops[at].tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  }

  return { nav, update };
}

/**
 * @param {string} symbol
 * @param {string} label
 * @param {(button: HTMLElement) => void} onPress
 */
function iconButton(symbol, label, onPress) {
  const button = element("button", "button button--icon", icon(symbol));
  button.type = "button";
  button.title = label;
  button.setAttribute("aria-label", label);
  button.addEventListener("click", () => onPress(button));
  return button;
}

/** @param {string} title */
function section(title) {
  const list = roomList();
  const head = title === "" ? [] : [element("h3", "rooms__title", title)];
  const node = element("section", "rooms__section", ...head, list);
  return { node, list };
}

function foldedSection() {
  const summary = element("summary", "rooms__title");
  const list = roomList();
  return { summary, list, node: element("details", "rooms__section", summary, list) };
}

function roomList() {
  const list = element("ul", "rooms__list");
  list.setAttribute("role", "list"); // WebKit takes it away from lists without bullets
  return list;
}

/**
 * @param {number} unread
 * @param {boolean} personal
 */
export function count(unread, personal) {
  const node = element("span", "rooms__count", unread > MOST ? `${MOST}+` : String(unread));
  node.classList.toggle("rooms__count--personal", personal);
  return node;
}
