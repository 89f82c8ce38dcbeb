// The lines about the room and the connection: shown while there is something to say.

import { element, setText } from "./dom.js";
import { waiting } from "./outbox.js";

const BACK_FOR = 3_000; // milliseconds
const PATIENCE = 400; // a connection that is there at once needs no words

/**
 * The connection, where there is something to say.
 * @param {HTMLElement} line
 * @param {{ words: Words, rerender: () => void }} options
 */
export function mountStatus(line, { words, rerender }) {
  let wasAway = false;
  let backUntil = 0;
  const born = Date.now();

  /** @type {Part["update"]} */
  function update(state) {
    const { link } = state;
    if (link === "online" && wasAway) {
      wasAway = false;
      backUntil = Date.now() + BACK_FOR;
      setTimeout(rerender, BACK_FOR + 50);
    }
    if (link !== "online" && link !== "connecting") wasAway = true;
    line.dataset.link = link === "online" && Date.now() < backUntil ? "back" : link;
    setText(line, text(state));
  }

  /** @param {State} state */
  function text(state) {
    const { link } = state;
    if (link === "removed") return "";
    if (link === "online") return Date.now() < backUntil ? words.t("client.back") : "";
    if (link === "connecting") {
      const early = Date.now() - born < PATIENCE;
      if (early) setTimeout(rerender, PATIENCE);
      return early ? "" : words.t("client.connecting");
    }
    const reasons = {
      stopped: words.t("client.stopped"),
      offline: words.t("client.offline"),
      full: state.whyFull,
    };
    const now = reasons[link];
    const queue = waiting(state).length;
    return queue > 0 ? `${now} ${words.count("client.queued", queue)}` : now;
  }

  return { update };
}

/**
 * What holds in the room, below its name.
 * @param {HTMLElement} line
 * @param {{ words: Words }} options
 */
export function mountRules(line, { words }) {
  /** @type {Part["update"]} */
  function update({ rules }) {
    const { topic, locked, readonly, slow } = rules;
    const parts = [
      locked && words.t("client.rule_locked"),
      readonly && words.t("client.rule_readonly"),
      slow > 0 && words.count("client.rule_slow", slow),
    ];
    const said = parts.filter((part) => typeof part === "string");
    const text = [...said, topic].filter(Boolean).join(" · ");
    if (text === line.title) return;
    line.hidden = text === "";
    line.title = text;
    // The topic goes its own way, left or right, and nothing around it does.
    const before = said.map((part) => `${part} · `).join("");
    line.replaceChildren(...(topic ? [before, element("bdi", "", topic)] : [text]));
  }

  return { update };
}
