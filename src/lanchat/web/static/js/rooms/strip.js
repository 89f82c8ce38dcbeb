// A line above the talk that says what has just happened to oneself, and perhaps leads on.

import { element, icon } from "../dom.js";

const FOR = 12_000; // milliseconds, where it leads nowhere

/**
 * `show(text)` says something for a while; with `act` until it was pressed, or closed.
 * @param {HTMLElement} before where it stands
 * @param {Pick<RoomMeans, "words" | "getState">} options
 */
export function mountStrip(before, { words, getState }) {
  const text = element("span", "room-strip__text");
  const close = element("button", "button button--icon", icon("close"));
  const strip = element("div", "room-strip");
  let timer = 0;
  let room = ""; // where it was said, where it leads nowhere

  close.type = "button";
  close.title = words.t("rooms.dismiss");
  close.setAttribute("aria-label", close.title);
  close.addEventListener("click", hide);
  strip.hidden = true;
  // A status that is there before it says something is told by every screen reader.
  text.setAttribute("role", "status");
  before.before(strip);

  function hide() {
    clearTimeout(timer);
    strip.hidden = true;
    text.textContent = "";
    room = "";
  }

  /**
   * @param {string} said
   * @param {{ text: string, onPress: () => void }} [act]
   */
  function show(said, act) {
    clearTimeout(timer);
    room = act === undefined ? getState().room : "";
    const acts = act === undefined ? [] : [button(act)];
    strip.replaceChildren(text, ...acts, close);
    strip.hidden = false;
    text.textContent = said;
    if (act === undefined) timer = window.setTimeout(hide, FOR);
  }

  /** @param {{ text: string, onPress: () => void }} act */
  function button(act) {
    const node = element("button", "button button--soft", act.text);
    node.type = "button";
    node.addEventListener("click", () => {
      hide();
      act.onPress();
    });
    return node;
  }

  /** Who goes on has read it. */
  function update() {
    if (room !== "" && getState().room !== room) hide();
  }

  return { show, update };
}
