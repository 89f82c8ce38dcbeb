// What is pinned, below the bar: a line each, of which phones show the newest until one asks for all.
// A tap shows the whole text where it was cut, and else leads to the message.

import { element, icon, setText } from "./dom.js";
import { gistOf } from "./gist.js";
import { roomWithId } from "./rooms/lists.js";
import { LOBBY, viewIn } from "./rooms/views.js";
import { spokenIn } from "./text.js";

const MOST = 3;

/**
 * `onJump(id, room)` leads to a message.
 * @param {HTMLElement} place
 * @param {{ words: Words, onJump: (id: number, room?: string) => void }} options
 */
export function mountPins(place, { words, onJump }) {
  const list = element("ul", "pins__list");
  const more = element("button", "pins__more");
  /** @type {readonly Quoted[]} */
  let shown = [];
  /** @type {readonly number[]} */
  let announced = [];
  more.type = "button";
  more.addEventListener("click", () => unfold(more.getAttribute("aria-expanded") !== "true"));
  list.setAttribute("aria-label", words.t("client.pins"));
  place.append(list, more);

  /** @param {boolean} is */
  function unfold(is) {
    more.setAttribute("aria-expanded", String(is));
    place.classList.toggle("pins--open", is);
    const others = Math.max(1, shown.length - 1);
    setText(more, is ? words.t("client.pins.fewer") : words.count("client.pins.more", others));
  }

  /** @param {Quoted} pin */
  function lineOf(pin) {
    const text = element("span", "board__text", ...said(pin));
    const isAnnounced = announced.includes(pin.id);
    const symbol = isAnnounced ? "announce" : "pin";
    const label = words.t(isAnnounced ? "client.announced" : "client.pinned");
    const line = element(
      "button",
      "board__line",
      icon(pin.poll ? "poll" : symbol),
      element("span", "hidden-label", label),
      text,
    );
    line.type = "button";
    line.classList.toggle("board__line--announced", isAnnounced);
    line.addEventListener("click", () => {
      const isWhole = line.getAttribute("aria-expanded") === "true" || !isCut(text);
      if (isWhole) onJump(pin.id, pin.room);
      line.setAttribute("aria-expanded", String(!isWhole));
    });
    return element("li", "pins__item", line);
  }

  /** @param {Quoted} pin */
  function said(pin) {
    const who = element("bdi", "board__who", pin.user ?? "");
    return [who, ": ", element("bdi", "", pin.message === "" ? gistOf(pin, words) : wordsOf(pin))];
  }

  /** @param {Quoted} pin */
  function wordsOf({ message, poll }) {
    if (poll === undefined) return spokenIn(message);
    const votes = poll.counts.reduce((sum, count) => sum + count, 0);
    return `${poll.question} · ${words.count("client.poll.votes", votes)}`;
  }

  /** Those that are there already; what somebody has unfolded stays. */
  function redraw() {
    const lines = [...list.querySelectorAll(".board__text")].reverse();
    lines.forEach((text, at) => text.replaceChildren(...said(shown[at])));
  }

  /** @type {Part["update"]} */
  function update(state) {
    const pins = pinsIn(state);
    const isNews = !isAlike(pins, shown, ({ id }) => id) || state.announced !== announced;
    if (!isNews && isAlike(pins, shown, (pin) => pin)) return;
    shown = pins;
    announced = state.announced;
    if (!isNews) {
      redraw();
      return;
    }
    list.replaceChildren(...[...pins].reverse().map(lineOf));
    place.hidden = pins.length === 0;
    more.hidden = pins.length < 2;
    unfold(false);
  }

  return { update };
}

/**
 * What is pinned in the room; in another one than the main one also what was announced there, and in a
 * group, which is for a while alone, all that is pinned there.
 * @param {State} state
 */
function pinsIn(state) {
  if (state.room === LOBBY) return state.pins;
  const isGroup = roomWithId(state, state.room)?.kind === "group";
  const main = viewIn(state, LOBBY)?.pins ?? [];
  const concerns = main.filter(({ id }) => isGroup || state.announced.includes(id));
  return [...state.pins, ...concerns].slice(-MOST);
}

/**
 * Whether two lists of pins are one in this respect.
 * @param {readonly Quoted[]} some
 * @param {readonly Quoted[]} others
 * @param {(pin: Quoted) => unknown} respect
 */
function isAlike(some, others, respect) {
  return (
    some.length === others.length && some.every((pin, at) => respect(pin) === respect(others[at]))
  );
}

/** @param {HTMLElement} text */
function isCut({ scrollWidth, clientWidth }) {
  return scrollWidth > clientWidth;
}
