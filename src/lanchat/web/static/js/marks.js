// What stands at a message beside its words: what it answers, that it was edited, and reactions.

import { element } from "./dom.js";
import { gistOf } from "./gist.js";
import { colourOf } from "./people.js";
import { pillsOf } from "./reactions.js";

/**
 * A function that makes these marks those of a row, where they are not. What can be pressed is
 * reached by the arrow keys from the message's time (js/acting.js), so that the Tab key goes past.
 * @param {{ words: Words, times: Times, getState: () => State }} options
 */
export function makeMarks({ words, times, getState }) {
  /**
   * @param {HTMLElement} node
   * @param {MessageRow} row
   * @param {MessageRow | undefined} before
   */
  return function fill(node, row, before) {
    const { message } = row;
    const text = node.querySelector(".message__text");
    if (before?.message.quoted !== message.quoted) {
      node.querySelector(".quoted")?.remove();
      const first = node.querySelector(".attachments") ?? text;
      if (message.quoted !== undefined) first?.before(quoteLine(message.quoted, words));
    }
    const edited = row.draft === null ? row.message.edited : undefined;
    node.querySelector(".message__edited")?.remove();
    if (edited !== undefined) text?.after(editedMark(edited));
    fillPills(node, row);
  };

  /**
   * @param {HTMLElement} node
   * @param {MessageRow} row
   */
  function fillPills(node, row) {
    const old = node.querySelector(".pills");
    const held = heldIn(old);
    old?.remove();
    if (row.draft !== null) return;
    const { own, reacting: chosen } = row;
    const pills = pillsOf(row.message, { you: getState().you, own, chosen }).map(pillButton);
    if (pills.length > 0) node.querySelector(".message__bubble")?.after(pillRow(pills));
    if (held === null) return;
    // Who has pressed one by a key goes on from there, or from the message where it is gone.
    /** @type {HTMLElement | null} */
    const time = node.querySelector(".message__time");
    (pills.find(({ dataset }) => dataset.emoji === held) ?? time)?.focus({ preventScroll: true });
  }

  /** @param {string} edited */
  function editedMark(edited) {
    const mark = element("span", "message__edited", words.t("client.edited"));
    mark.title = words.t("client.edited_at", { time: times.full(new Date(edited)) });
    return mark;
  }

  /** @param {readonly HTMLElement[]} pills */
  function pillRow(pills) {
    const row = element("div", "pills", ...pills);
    row.setAttribute("role", "group");
    row.setAttribute("aria-label", words.t("client.reactions"));
    row.setAttribute("aria-live", "off");
    return row;
  }

  /** @param {Pill} pill */
  function pillButton(pill) {
    const count = element("span", "pill__count", String(pill.count));
    const button = element("button", "pill", element("span", "pill__emoji", pill.emoji), count);
    const who = namesOf(pill, getState().you, words);
    button.type = "button";
    button.tabIndex = -1;
    button.dataset.emoji = pill.emoji;
    // A tooltip has no elements: signs keep what stands beside Hebrew and Arabic names in its place.
    button.title = namesOf(isolated(pill), getState().you, words);
    button.setAttribute("aria-label", `${pill.emoji} ${pill.count}: ${who}`);
    button.setAttribute("aria-pressed", String(pill.own));
    return button;
  }
}

/**
 * The emoji of the reaction that has the focus, or null.
 * @param {Element | null} pills
 */
function heldIn(pills) {
  const { activeElement } = document;
  if (!(activeElement instanceof HTMLElement) || pills?.contains(activeElement) !== true) {
    return null;
  }
  return activeElement.dataset.emoji ?? null;
}

/**
 * @param {Pill} pill
 * @returns {Pill}
 */
function isolated({ users, ...pill }) {
  return { ...pill, users: users.map(({ id, user }) => ({ id, user: `\u2068${user}\u2069` })) };
}

/**
 * Who has reacted, as far as it is told: "you, Bia and 310 others".
 * @param {Pill} pill
 * @param {User} you
 * @param {Words} words
 */
export function namesOf({ count, own, users }, you, words) {
  const named = users.filter(({ id }) => id !== you.id).map(({ user }) => user);
  const known = (own ? [words.t("client.you"), ...named] : named).slice(0, count);
  const others = count - known.length;
  const rest = others > 0 ? [words.count("client.others", others)] : [];
  return words
    .list([...known, ...rest])
    .map(({ value }) => value)
    .join("");
}

/**
 * What a message answers, in one line that leads to it.
 * @param {Quoted} quoted
 * @param {Words} words
 */
function quoteLine(quoted, words) {
  const { id, user_id = "", user = "", deleted } = quoted;
  const who = element("bdi", `quoted__who ${colourOf(user_id)}`, user);
  const said = deleted ? words.t("client.deleted_message") : gistOf(quoted, words);
  const text = element("bdi", "quoted__text", said);
  const intro = element("span", "hidden-label", words.t("client.in_reply"));
  const button = element("button", "quoted", intro, who, " ", text);
  button.type = "button";
  button.tabIndex = -1;
  button.dataset.quoted = String(id);
  button.classList.toggle("quoted--deleted", deleted === true);
  return button;
}
