// The lines about the room, the connection and what waits: shown while there is something to say.

import { element, icon, setText } from "./dom.js";
import { waiting } from "./outbox.js";
import { mountPins } from "./pins.js";
import { rulesIn } from "./rooms/rules.js";

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
 * What holds in the room: rules as chips, the topic, which a tap unfolds, and what is pinned, from
 * where `onJump(id)` leads to a message.
 * @param {{
 *   board: HTMLElement, chips: HTMLElement, topic: HTMLElement, topicText: HTMLElement,
 *   pins: HTMLElement,
 * }} elements
 * @param {{ words: Words, onJump: (id: number, room?: string) => void }} options
 */
export function mountBoard(elements, { words, onJump }) {
  const { board, chips, topic, topicText } = elements;
  const pins = mountPins(elements.pins, { words, onJump });
  /** @type {Rules | null} */
  let shownRules = null;

  topic.addEventListener("click", () => {
    topic.setAttribute("aria-expanded", String(topic.getAttribute("aria-expanded") !== "true"));
  });

  /** @param {Rules} rules */
  function drawRules(rules) {
    shownRules = rules;
    const made = chipsOf(rules).map(([symbol, text, title]) => {
      const chip = element("li", "board__rule", icon(symbol), text);
      chip.title = title;
      return chip;
    });
    chips.replaceChildren(...made);
    chips.hidden = made.length === 0;
    setText(topicText, rules.topic);
    topic.hidden = rules.topic === "";
  }

  /**
   * @param {Rules} rules
   * @returns {[symbol: string, text: string, title: string][]}
   */
  function chipsOf({ locked, readonly, slow }) {
    /** @type {[boolean, string, string, string][]} */
    const all = [
      [locked, "lock", words.t("client.rule_locked"), words.t("client.room_locked")],
      [readonly, "read", words.t("client.rule_readonly"), words.t("client.room_readonly")],
      [
        slow > 0,
        "slow",
        words.t("client.rule_slow", { seconds: slow }),
        words.count("client.room_slow", slow),
      ],
    ];
    return all.filter(([holds]) => holds).map(([, ...chip]) => chip);
  }

  /** @type {Part["update"]} */
  function update(state) {
    const rules = rulesIn(state);
    if (rules !== shownRules) drawRules(rules);
    pins.update(state);
    board.hidden = chips.hidden && topic.hidden && elements.pins.hidden;
  }

  return { update };
}

/**
 * Below own messages that wait, why they do, by the second; `pause(milliseconds)` is told that
 * nothing is sent for so long, however good the connection.
 * @param {HTMLElement} list
 * @param {{ words: Words, rerender: () => void }} options
 */
export function mountWaits(list, { words, rerender }) {
  const lines = list.getElementsByClassName("message__pending"); // as they come and go
  let until = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  /** @param {number} milliseconds */
  function pause(milliseconds) {
    until = performance.now() + milliseconds;
    rerender();
  }

  /** @param {Pick<State, "link">} state */
  function why({ link }) {
    if (link !== "online") return words.t("client.pending");
    const seconds = Math.ceil((until - performance.now()) / 1_000);
    return seconds > 0 ? words.t("client.pending_pause", { seconds }) : words.t("client.sending");
  }

  /** @type {Part["update"]} */
  function update(state) {
    clearTimeout(timer);
    if (lines.length === 0) return;
    for (const line of lines) setText(line, why(state));
    const left = until - performance.now();
    if (left > 0) timer = setTimeout(rerender, left % 1_000 || 1_000);
  }

  return { pause, why, update };
}
