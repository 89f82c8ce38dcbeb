// The rows of the message list as elements. `render` fills a row's element anew and is called
// only where the row says something else than before.

import { element } from "./dom.js";
import { avatar, colourOf } from "./people.js";
import { endsRightToLeft, showText } from "./text.js";
import { inOwnZone } from "./words.js";

const FEW_EMOJI = /^(?:\p{Extended_Pictographic}[\p{Emoji_Modifier}\uFE0F]?\u200D?\s*){1,4}$/u;
const AROUND = ":scope > .avatar, :scope > .message__failure, :scope > .message__pending";

/**
 * Functions that turn rows into elements, in the reader's language.
 * @param {{ words: Words, times: Times, mayDelete: () => boolean }} options
 */
export function makeRenderer({ words, times, mayDelete }) {
  /** @type {WeakMap<HTMLElement, MessageRow>} */
  const filled = new WeakMap();
  return { create: (/** @type {Row} */ row) => fill(element("div"), row), fill };

  /**
   * @param {HTMLElement} node
   * @param {Row} row
   */
  function fill(node, row) {
    if (row.kind === "day") dayLine(node, row);
    else if (row.kind === "gap") gapLine(node);
    else if (row.kind === "note") noteLine(node, row);
    else messageRow(node, row);
    node.dataset.key = row.key;
    return node;
  }

  /**
   * @param {HTMLElement} node
   * @param {DayRow} row
   */
  function dayLine(node, { date, ago }) {
    const near = [words.t("client.today"), words.t("client.yesterday")];
    node.className = "day";
    node.replaceChildren(element("span", "day__label", near[ago] ?? times.day(date)));
  }

  /** @param {HTMLElement} node */
  function gapLine(node) {
    node.className = "note note--gap";
    node.replaceChildren(element("span", "note__text", words.t("client.older_left_out")));
  }

  /**
   * @param {HTMLElement} node
   * @param {NoteRow} row
   */
  function noteLine(node, { note }) {
    if (note.kind === "told") {
      toldLine(node, note);
      return;
    }
    const [before, after] = sentence(note, { user: "\u0000" }).split("\u0000");
    const text = element("span", "note__text", before, element("bdi", "", note.name), after);
    const date = new Date(note.time);
    text.title = times.full(date);
    node.className = `note note--${note.kind}`;
    node.replaceChildren(text);
  }

  /**
   * @param {HTMLElement} node
   * @param {ToldNote} note
   */
  function toldLine(node, { phrase, text }) {
    const line = phrase === null ? text : words.say(phrase, times);
    node.className = line.includes("\n") ? "note note--list" : "note note--told";
    node.replaceChildren(element("span", "note__text", line));
  }

  /**
   * @param {MoveNote} note
   * @param {Params} params
   */
  function sentence({ kind, others }, params) {
    const came = kind === "joined";
    if (others === 0) return words.t(came ? "client.joined" : "client.left", params);
    return words.count(came ? "client.joined_together" : "client.left_together", others, params);
  }

  /**
   * @param {HTMLElement} node
   * @param {MessageRow} row
   */
  function messageRow(node, row) {
    const { message, mine, draft, first, last } = row;
    const before = filled.get(node);
    filled.set(node, row);
    const failed = draft !== null && draft.error !== null;
    const pending = draft !== null && !failed;
    const rtl = endsRightToLeft(message.message);
    const states = { mine, first, last, failed, pending, rtl };
    for (const [name, is] of Object.entries(states)) node.classList.toggle(`message--${name}`, is);
    node.classList.add("message");

    // Where only its place in the group is another one, focus and selection stay in it.
    const same = before !== undefined && before.message === message && before.draft === draft;
    if (!same) {
      node.replaceChildren(bubbleOf(node, row));
      node.classList.remove("message--folded"); // it is measured anew
    } else if (before.first !== first || before.host !== row.host) {
      node.querySelector(".message__bubble")?.firstElementChild?.replaceWith(author(row));
    }
    for (const old of node.querySelectorAll(AROUND)) old.remove();
    if (first && !mine) node.prepend(avatar(message.user_id, message.user));
    if (draft !== null && draft.error !== null) node.append(failure(draft, draft.error.message));
    if (pending && last) node.append(element("p", "message__pending", words.t("client.pending")));
  }

  /**
   * @param {HTMLElement} node
   * @param {MessageRow} row
   */
  function bubbleOf(node, row) {
    const { message, draft } = row;
    const open = node.querySelector(".message__time")?.getAttribute("aria-expanded") === "true";
    const text = element("div", "message__text");
    showText(text, message.message, words);
    if (FEW_EMOJI.test(message.message)) text.classList.add("message__text--emoji");
    const bubble = element("div", "message__bubble", author(row), text);
    if (row.draft === null) bubble.append(...timeAndDetails(row.message, open));
    if (draft !== null && draft.error === null) bubble.append(timeToCome());
    return bubble;
  }

  /** @param {MessageRow} row */
  function author({ message, mine, first, host }) {
    // Below the first of a group, and beside one's own, only a screen reader needs the name.
    const shown = first && !mine;
    const name = element("bdi", "", message.user);
    const className = shown ? `message__author ${colourOf(message.user_id)}` : "hidden-label";
    const line = element("p", className, name);
    if (host) line.append(" ", element("span", "badge", words.t("client.host")));
    return line;
  }

  /**
   * @param {Message} message
   * @param {boolean} open
   */
  function timeAndDetails(message, open) {
    const date = new Date(message.time);
    const time = element("time", "", times.short(date));
    time.dateTime = message.time;
    const button = element("button", "message__time", time);
    button.type = "button";
    button.title = times.full(date);
    button.tabIndex = -1;
    button.setAttribute("aria-label", words.t("client.details", { time: times.short(date) }));
    const details = element("dl", "message__details");
    button.setAttribute("aria-expanded", "false");
    button.addEventListener("click", () => toggle(button, details, message));
    if (open) toggle(button, details, message);
    details.hidden = !open;
    return [button, details];
  }

  /** The room that the time takes once it is known, so that nothing moves then. */
  function timeToCome() {
    return element("span", "message__time-to-come", times.short(new Date()));
  }

  /**
   * @param {HTMLElement} button
   * @param {HTMLElement} details
   * @param {Message} message
   */
  function toggle(button, details, message) {
    const open = button.getAttribute("aria-expanded") !== "true";
    button.setAttribute("aria-expanded", String(open));
    details.hidden = !open;
    details.replaceChildren(
      ...[
        ["client.sent_at", times.full(new Date(message.time))],
        ["client.ip", message.ip],
        ["client.number", String(message.id)],
      ].map(([key, value]) =>
        element("div", "", element("dt", "", words.t(key)), element("dd", "", value)),
      ),
    );
    if (!mayDelete()) return;
    const remove = element("button", "message__act", words.t("client.delete"));
    remove.type = "button";
    remove.dataset.act = "delete";
    remove.dataset.message = String(message.id);
    const label = element("dt", "hidden-label", words.t("client.host"));
    details.append(element("div", "", label, element("dd", "", remove)));
  }

  /**
   * @param {Draft} draft
   * @param {string} reason
   */
  function failure(draft, reason) {
    const why = element(
      "p",
      "message__why",
      `${words.t("client.failed")}. ${inOwnZone(reason, times)}`,
    );
    const acts = { retry: "client.retry", edit: "client.edit", discard: "client.discard" };
    const buttons = Object.entries(acts).map(([act, key]) => {
      const button = element("button", "message__act", words.t(key));
      button.type = "button";
      button.dataset.act = act;
      button.dataset.draft = draft.client_id;
      return button;
    });
    return element("div", "message__failure", why, element("div", "message__acts", ...buttons));
  }
}
