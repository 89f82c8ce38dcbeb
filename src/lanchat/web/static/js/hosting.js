// The host's menu: the room's rules as switches, each of which is a command as well. Loaded only
// where somebody is host.

import { element, icon } from "./dom.js";
import { isHost } from "./moderation.js";

const PAUSES = [0, 5, 10, 30, 60, 300]; // seconds between two messages; 0 is none

/**
 * The menu behind the button, for as long as one is host; `onCommand(name, text)` carries a command
 * out. What the server has no command for is not offered.
 * @param {HTMLElement} opener
 * @param {{
 *   words: Words, overlays: Overlays, commands: readonly Command[], takesFiles: boolean,
 *   onCommand: (name: string, text: string) => void,
 * }} options
 */
export function mountHosting(opener, { words, overlays, commands, takesFiles, onCommand }) {
  const label = opener.title;
  const lock = toggle("lock", (on) => onCommand(on ? "lock" : "unlock", ""));
  const readonly = toggle("readonly", (on) => onCommand("readonly", on ? "on" : "off"));
  const edits = toggle("edits", (on) => onCommand("edits", on ? "on" : "off"));
  const files = toggle("files", (on) => onCommand("files", on ? "on" : "off"));
  const slow = element("select", "choice__select");
  const topic = element("input", "field__input");
  const title = element("h2", "overlay__title", label);
  const card = element("section", "overlay overlay--order", title, lock, readonly);
  card.setAttribute("role", "dialog");
  card.setAttribute("aria-label", label);
  card.hidden = true;
  if (commands.some(({ name }) => name === "edits")) card.append(edits);
  if (takesFiles) card.append(files);
  card.append(
    element("label", "choice", words.t("client.order.slow"), slow),
    topicForm(),
    element("div", "overlay__part", act("bans", "ban"), act("clear", "delete")),
  );
  slow.addEventListener("change", () =>
    onCommand("slow", slow.value === "0" ? "off" : `${slow.value}s`),
  );

  /**
   * @param {string} name
   * @param {(on: boolean) => void} onToggle
   */
  function toggle(name, onToggle) {
    const button = element("button", "switch", words.t(`client.order.${name}`));
    button.type = "button";
    button.setAttribute("role", "switch");
    button.addEventListener("click", () => {
      onToggle(button.getAttribute("aria-checked") !== "true");
    });
    return button;
  }

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
   */
  function act(name, symbol) {
    const button = element("button", "overlay__act", icon(symbol), words.t(`client.order.${name}`));
    button.type = "button";
    button.classList.toggle("overlay__act--danger", name === "clear");
    button.addEventListener("click", () => {
      overlays.close(); // what comes of it is told, or asked about, in the room
      onCommand(name, "");
    });
    return button;
  }

  /** @param {number} seconds */
  function showPause(seconds) {
    const all = PAUSES.includes(seconds) ? PAUSES : [...PAUSES, seconds].sort((a, b) => a - b);
    const key = "client.order.seconds";
    const options = all.map((pause) => {
      const text = pause === 0 ? words.t("client.order.off") : words.count(key, pause);
      const option = element("option", "", text);
      option.value = String(pause);
      return option;
    });
    slow.replaceChildren(...options);
    slow.value = String(seconds);
  }

  /** @type {Rules | null} */
  let shown = null;

  document.body.append(card);
  overlays.mountOpener(opener, card);

  /** @type {Part["update"]} */
  function update(state) {
    const { rules } = state;
    opener.hidden = !isHost(state);
    if (opener.hidden && overlays.isOpen(card)) overlays.close();
    if (rules === shown) return;
    lock.setAttribute("aria-checked", String(rules.locked));
    readonly.setAttribute("aria-checked", String(rules.readonly));
    edits.setAttribute("aria-checked", String(rules.edits !== false));
    files.setAttribute("aria-checked", String(rules.files !== false));
    showPause(rules.slow);
    // What somebody is writing here stays.
    if (document.activeElement !== topic) topic.value = rules.topic;
    shown = rules;
  }

  return { update };
}
