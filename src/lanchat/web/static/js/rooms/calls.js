// Calling a host: a button for who is in a group, and for hosts the way there.

import { element, icon } from "../dom.js";
import { isHost } from "../moderation.js";
import { shownRoom } from "./lists.js";
import { nameOf } from "./signs.js";

const REST = 60_000; // milliseconds between two calls of a group

/**
 * `say(text, act)` says it above the talk.
 * @param {HTMLElement} before where the button stands
 * @param {Pick<RoomMeans, "words" | "getState" | "rerender" | "ring"> & {
 *   going: Going, say: (text: string, act?: { text: string, onPress: () => void }) => void,
 * }} options
 */
export function mountCalls(before, { words, getState, rerender, ring, going, say }) {
  const button = element("button", "button button--soft", icon("room-call"));
  const text = element("span", "");
  const line = element("div", "room-call", button);
  /** @type {Map<string, number>} */
  const called = new Map(); // group → when that was, by this page's clock
  /** @type {HostCall | null} */
  let heard = null;

  button.type = "button";
  button.append(text);
  button.addEventListener("click", () => going.call(getState().room));
  line.hidden = true;
  before.before(line);

  /** @type {Part["update"]} */
  function update(state) {
    const room = shownRoom(state);
    if (state.call !== heard) hear(state);
    line.hidden = room.kind !== "group" || room.closed || isHost(state);
    if (line.hidden) return;
    const rests = performance.now() - (called.get(room.id) ?? -Infinity) < REST;
    button.disabled = rests;
    text.textContent = words.t(rests ? "rooms.called" : "rooms.call");
  }

  /** @param {State} state */
  function hear({ call, you, ...state }) {
    heard = call;
    if (call === null) return;
    rest(call.room);
    if (!isHost({ you, ...state }) || call.person.id === you.id) return;
    const name = nameOf(call.name, words);
    const onPress = () => going.enter(call.room);
    say(words.t("rooms.host_called", { name, person: call.person.name }), {
      text: words.t("rooms.go_there"),
      onPress,
    });
    ring(-Math.round(call.now / 1_000)); // ids of messages are positive
  }

  /** @param {string} room */
  function rest(room) {
    called.set(room, performance.now());
    setTimeout(rerender, REST + 50);
    rerender();
  }

  return {
    update,
    /**
     * @param {string} room
     * @param {number} hosts
     */
    onCalled(room, hosts) {
      rest(room);
      if (hosts === 0) say(words.t("rooms.no_host"));
    },
  };
}
