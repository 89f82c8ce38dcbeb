// The parts that show rooms, joined. Loaded with the second room (js/rooms/gate.js).

import { byId, element } from "../dom.js";
import { mountCalls } from "./calls.js";
import { makeGoing } from "./going.js";
import { mountHead } from "./head.js";
import { mountIntro } from "./intro.js";
import { makeList } from "./list.js";
import { roomWithId, shownRoom } from "./lists.js";
import { mountMarking } from "./marking.js";
import { makeMenu } from "./menu.js";
import { mayOpen } from "./permissions.js";
import { addIcons, makeSigns } from "./signs.js";
import { mountStrip } from "./strip.js";
import { makeSwitcher } from "./switcher.js";
import { makeUsher } from "./usher.js";

const BESIDE = "(min-width: 64rem)"; // css/rooms.css has it in two places

/** @param {RoomMeans} options */
export function mountRooms(options) {
  const { words, overlays, getState, title } = options;
  const at = (/** @type {string} */ id) => byId(id, HTMLElement);
  const chat = at("chat");
  addIcons();
  const signs = makeSigns(options);
  const strip = mountStrip(at("conversation"), options);
  const say = strip.show;
  /** @type {Going & Part} */
  const going = makeGoing({ ...options, onCalled: (...call) => calls.onCalled(...call) });
  const calls = mountCalls(at("conversation"), { ...options, going, say });
  const switcher = makeSwitcher({ ...options, signs, going });
  const menu = makeMenu({ ...options, signs, going, onFind: switcher.open });
  const list = makeList({
    ...{ words, signs, mayOpen },
    onShow: going.show,
    onEnter: going.enter,
    onFind: switcher.open,
    onOpen: menu.openRoom,
  });
  const card = cardOf(words.t("rooms.title"));
  const head = mountHead(chat, {
    ...{ words, signs, title },
    onRooms: (opener) => {
      if (overlays.isOpen(card)) overlays.close();
      else overlays.open(card, opener);
    },
    onMenu: menu.show,
  });
  const parts = [
    makeUsher({ ...options, signs, say }),
    mountMarking(options),
    mountIntro(at("rows"), { words, signs }),
    ...[going, calls, strip],
  ];
  const invite = mountPlaceholder({ words, signs });
  const wide = matchMedia(BESIDE);
  let several = false;

  wide.addEventListener("change", () => place());
  onControlK(() => {
    if (several) switcher.open(head.menu);
    return several;
  });

  /** The list stands beside the talk where there is room, else in a card. */
  function place() {
    if (wide.matches && overlays.isOpen(card)) overlays.close();
    if (!several) list.nav.remove();
    else if (wide.matches) at("room").before(list.nav);
    else card.append(list.nav);
    chat.classList.toggle("chat--rooms", several);
  }

  /** @type {Part["update"]} */
  function update(state) {
    for (const part of parts) part.update(state);
    const now = getState(); // somebody may have been led elsewhere
    const are = now.rooms.length + now.others.length > 1;
    if (are !== several) {
      several = are;
      place();
    }
    head.update(now, several);
    list.update(now);
    invite(now);
  }

  return {
    update,
    enter: going.enter,
    /** @param {string} id */
    nameOf(id) {
      const room = roomWithId(getState(), id);
      return room === undefined ? "" : signs.name(room);
    },
    talkTo: going.talkTo,
    openRoom: menu.openRoom,
    shareOut: menu.shareOut,
  };
}

/** @param {string} label */
function cardOf(label) {
  const card = element("section", "overlay overlay--rooms");
  card.setAttribute("role", "dialog");
  card.setAttribute("aria-label", label);
  card.hidden = true;
  document.body.append(card);
  return card;
}

/**
 * `open` is called, and says whether it was for something.
 * @param {() => boolean} open
 */
function onControlK(open) {
  document.addEventListener("keydown", (event) => {
    const { key, ctrlKey, metaKey, shiftKey, altKey } = event;
    const is = key.toLowerCase() === "k" && (ctrlKey || metaKey) && !shiftKey && !altKey;
    if (is && open()) event.preventDefault();
  });
}

/**
 * A function that lets the composer say for whom it is.
 * @param {{ words: Words, signs: RoomSigns }} options
 */
function mountPlaceholder({ words, signs }) {
  const field = byId("message", HTMLTextAreaElement);
  const usual = field.placeholder;
  return (/** @type {State} */ state) => {
    const room = shownRoom(state);
    const key = room.kind === "direct" ? "rooms.write_to" : "rooms.write_in";
    const wanted = room.kind === "main" ? usual : words.t(key, { name: signs.name(room) });
    if (field.placeholder !== wanted) field.placeholder = wanted;
  };
}
