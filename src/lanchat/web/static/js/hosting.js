// The host's menu: the room's rules as switches, each of which is a command as well. Loaded only
// where somebody is host.

import { element, icon } from "./dom.js";
import { isHost } from "./moderation.js";
import { shownRoom } from "./rooms/lists.js";

const SWITCHES = ["lock", "readonly", "edits", "files", "hands"];
const PAUSES = [0, 5, 10, 30, 60, 300]; // seconds between two messages; 0 is none

/**
 * The menu behind the button, for as long as one is host; `onCommand(name, text)` carries a command
 * out. What the server has no command for is not offered.
 * @param {HTMLElement} opener
 * @param {{
 *   words: Words, overlays: Overlays, commands: readonly Command[], takesFiles: boolean,
 *   onCommand: (name: string, text: string) => void, onPoll: () => void,
 *   rooms: { open: (opener: HTMLElement) => void, shareOut: (opener: HTMLElement) => void },
 * }} options
 */
export function mountHosting(opener, options) {
  const { words, overlays, commands, takesFiles, rooms, onCommand, onPoll } = options;
  const [locked, readonly, edits, files, hands] = SWITCHES.map((name) =>
    toggle(words.t(`client.order.${name}`), (on) => onCommand(...commandOf(name, on))),
  );
  const slow = element("select", "choice__select");
  const topic = element("input", "field__input");
  const talk = element("select", "choice__select", ...talkOptions(words));
  const talks = element("label", "choice", words.t("client.order.private"), talk);
  const pauses = element("label", "choice", words.t("client.order.slow"), slow);
  const about = topicForm();
  const hasEdits = commands.some(({ name }) => name === "edits");
  const hasGroups = commands.some(({ name }) => name === "groups");
  const card = cardOf(
    opener.title,
    ...[locked, readonly, ...(hasEdits ? [edits] : []), ...(takesFiles ? [files] : []), hands],
    ...[pauses, talks, about],
    element(
      "div",
      "overlay__part",
      act("room", "add", () => rooms.open(opener)),
      ...(hasGroups ? [act("groups", "people", () => rooms.shareOut(opener))] : []),
      ...classLink(words),
    ),
    element(
      "div",
      "overlay__part",
      act("poll", "poll", onPoll),
      act("bans", "ban", () => onCommand("bans", "")),
      act("clear", "delete", () => onCommand("clear", "")),
    ),
  );
  slow.addEventListener("change", () =>
    onCommand("slow", slow.value === "0" ? "off" : `${slow.value}s`),
  );
  talk.addEventListener("change", () => onCommand("private", talk.value));

  function topicForm() {
    const save = element("button", "button button--soft", words.t("client.order.save"));
    const name = element("label", "field__label", words.t("client.order.topic"));
    const form = element("form", "field", name, topic, save);
    topic.id = "order-topic";
    topic.dir = "auto";
    topic.autocomplete = "off";
    name.htmlFor = topic.id;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      onCommand("topic", topic.value.trim());
    });
    return form;
  }

  /**
   * @param {string} name
   * @param {string} symbol
   * @param {() => void} onPress
   */
  function act(name, symbol, onPress) {
    const button = element("button", "overlay__act", icon(symbol), words.t(`client.order.${name}`));
    button.type = "button";
    button.classList.toggle("overlay__act--danger", name === "clear");
    button.addEventListener("click", () => {
      overlays.close(); // what comes of it is told, or asked about, in the room
      onPress();
    });
    return button;
  }

  /** @param {number} seconds */
  function showSlow(seconds) {
    const all = PAUSES.includes(seconds) ? PAUSES : [...PAUSES, seconds].sort((a, b) => a - b);
    const key = "client.order.seconds";
    const choices = all.map((pause) => {
      const text = pause === 0 ? words.t("client.order.off") : words.count(key, pause);
      const option = element("option", "", text);
      option.value = String(pause);
      return option;
    });
    slow.replaceChildren(...choices);
    slow.value = String(seconds);
  }

  let shown = "";

  document.body.append(card);
  overlays.mountOpener(opener, card);

  /** @type {Part["update"]} */
  function update(state) {
    const { rules } = state;
    const room = shownRoom(state);
    const isMain = room.kind === "main";
    const here = isMain ? rules : room; // in a room its own rules are set, for it alone
    opener.hidden = !isHost(state);
    if (opener.hidden && overlays.isOpen(card)) overlays.close();
    for (const part of [locked, readonly, pauses, about]) part.hidden = room.kind === "direct";
    for (const part of [edits, files, hands]) part.hidden = !isMain;
    talks.hidden = !isMain || rules.private === undefined;
    const now = JSON.stringify([room.id, rules, here.locked, here.readonly, here.slow, here.topic]);
    if (now === shown) return;
    locked.setAttribute("aria-checked", String(here.locked));
    readonly.setAttribute("aria-checked", String(here.readonly));
    edits.setAttribute("aria-checked", String(rules.edits !== false));
    files.setAttribute("aria-checked", String(rules.files !== false));
    hands.setAttribute("aria-checked", String(rules.hands === true));
    showSlow(here.slow);
    talk.value = rules.private ?? "hosts";
    // What somebody is writing here stays.
    if (document.activeElement !== topic) topic.value = here.topic;
    shown = now;
  }

  return { update };
}

/**
 * @param {string} label
 * @param {readonly HTMLElement[]} parts
 */
function cardOf(label, ...parts) {
  const title = element("h2", "overlay__title", label);
  const card = element("section", "overlay overlay--order", title, ...parts);
  card.setAttribute("role", "dialog");
  card.setAttribute("aria-label", label);
  card.hidden = true;
  return card;
}

/**
 * @param {string} label
 * @param {(on: boolean) => void} onToggle
 */
function toggle(label, onToggle) {
  const button = element("button", "switch", label);
  button.type = "button";
  button.setAttribute("role", "switch");
  button.addEventListener("click", () => {
    onToggle(button.getAttribute("aria-checked") !== "true");
  });
  return button;
}

/**
 * @param {string} name of a switch
 * @param {boolean} on
 * @returns {[name: string, text: string]}
 */
function commandOf(name, on) {
  if (name === "lock") return [on ? "lock" : "unlock", ""];
  return [name, on ? "on" : "off"];
}

/**
 * Between whom there is private talk.
 * @param {Words} words
 */
function talkOptions(words) {
  return ["hosts", "all", "off"].map(
    (key) => new Option(words.t(`client.order.private.${key}`), key),
  );
}

/**
 * The way to the whole class on the projector, where people can look at their connections at all.
 * @param {Words} words
 */
function classLink(words) {
  const inspect = document.querySelector("#open-inspect");
  if (!(inspect instanceof HTMLAnchorElement)) return [];
  const link = element("a", "overlay__act", icon("screen"), words.t("client.order.class"));
  link.href = `${inspect.href}/class`;
  link.target = "_blank";
  return [link];
}
