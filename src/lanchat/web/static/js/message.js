// Messages as elements. `fill` is called only where a row says something else than before, and
// then makes only those parts anew that do.

import { makeAttachments } from "./attachments.js";
import { element, icon } from "./dom.js";
import { makeLines } from "./lines.js";
import { makeMarks } from "./marks.js";
import { markMentions, namesOf } from "./mentions.js";
import { avatar, colourOf } from "./people.js";
import { makePolls } from "./polls.js";
import { endsRightToLeft, showText } from "./text.js";
import { inOwnZone } from "./words.js";

// One to four: pictures, also joined ones or with a colour; flags of countries and regions; keycaps.
const FEW_EMOJI =
  /^(?:(?:\p{RI}{2}|[\d#*]\uFE0F?\u20E3|\p{ExtPict}[\p{EMod}\uFE0F\u{E0020}-\u{E007F}]*(?:\u200D\p{ExtPict}[\p{EMod}\uFE0F]*)*)\s*){1,4}$/u;
const AROUND = ":scope > .avatar, :scope > .message__failure, :scope > .message__pending";
const PARTS = ['[data-part="author"]', '[data-part="time"]', ".message__text"];

/**
 * Functions that turn rows into elements, in the reader's language.
 * @param {{
 *   words: Words, times: Times, getState: () => State, whyPending: () => string,
 *   isLive: (row: MessageRow) => boolean, takesFiles: boolean,
 *   previewOf: (key: string) => string | undefined, polls: Omit<PollOptions, "words">,
 * }} options
 */
export function makeRenderer(options) {
  const { words, times, getState, whyPending, isLive } = options;
  /** @type {WeakMap<HTMLElement, MessageRow>} */
  const filled = new WeakMap();
  const fillLine = makeLines({ words, times });
  const fillAttachments = makeAttachments(options);
  const fillMarks = makeMarks({ words, times, getState });
  const fillPoll = makePolls({ words, ...options.polls });
  const tags = /** @type {const} */ ({ day: "h2", message: "article" });
  return { create, fill };

  /** @param {Row} row */
  function create(row) {
    const tag = row.kind === "day" || row.kind === "message" ? tags[row.kind] : "div";
    const node = fill(element(tag), row);
    if (row.kind === "message" && isLive(row)) node.classList.add("message--live");
    return node;
  }

  /**
   * @param {HTMLElement} node
   * @param {Row} row
   */
  function fill(node, row) {
    if (row.kind === "message") messageRow(node, row);
    else fillLine(node, row);
    node.dataset.key = row.key;
    return node;
  }

  /**
   * @param {HTMLElement} node
   * @param {MessageRow} row
   */
  function messageRow(node, row) {
    const { message, draft } = row;
    const before = filled.get(node);
    filled.set(node, row);
    classify(node, row);
    // Where only a part is another one, focus and selection stay in the others.
    const parts = partsOf(node);
    if (before?.message.message !== message.message) {
      parts.text.replaceWith(textOf(message));
      node.classList.remove("message--folded", "message--unfolded"); // it is measured anew
      node.querySelector(".message__unfold")?.remove();
    }
    if (before?.host !== row.host || before.hand !== row.hand || renamed(before, row)) {
      parts.name.replaceWith(author(row));
    }
    if (before === undefined || before.draft !== draft || said(before)?.id !== said(row)?.id) {
      parts.time.replaceWith(timeOf(row));
      node.setAttribute("aria-label", labelOf(row));
      if (row.draft === null) node.id = `message-${row.message.id}`;
      node.dataset.author = message.user;
    }
    fillAttachments(node, row, before);
    fillMarks(node, row, before);
    fillPoll(node, row);
    beside(node, row);
  }

  /**
   * What stands around the bubble: whose it is, and why it is not sent.
   * @param {HTMLElement} node
   * @param {MessageRow} row
   */
  function beside(node, { message, draft, mine, first, last }) {
    for (const old of node.querySelectorAll(AROUND)) old.remove();
    if (first && !mine) node.prepend(avatar(message.user_id, message.user));
    if (draft === null) return;
    if (draft.error !== null) node.append(failure(draft, draft.error.message));
    else if (last && draft.files === undefined) {
      node.append(element("p", "message__pending", whyPending()));
    }
  }

  /**
   * The parts of a message's element, which are empty where it is new.
   * @param {HTMLElement} node
   */
  function partsOf(node) {
    const [name, time, text] = PARTS.map((part) => node.querySelector(part));
    if (name !== null && text !== null && time !== null) return { name, text, time };
    const parts = { name: element("p"), time: element("span"), text: element("div") };
    node.replaceChildren(element("div", "message__bubble", ...Object.values(parts)));
    return parts;
  }

  /** @param {Message | Unsent} said */
  function textOf({ message, mentions }) {
    const text = element("div", "message__text");
    showText(text, message, words);
    if (mentions !== undefined) markMentions(text, namesOf(getState(), mentions));
    if (FEW_EMOJI.test(message)) text.classList.add("message__text--emoji");
    return text;
  }

  /** @param {MessageRow} row */
  function labelOf(row) {
    const { user } = row.message;
    if (row.draft !== null) return user;
    const time = times.short(new Date(row.message.time));
    const label = words.t("client.said", { name: user, time });
    return row.named ? `${label}, ${words.t("client.concerns_you")}` : label;
  }

  /** @param {MessageRow} row */
  function author({ message, host, hand }) {
    const name = element("bdi", "", message.user);
    const line = element("p", `message__author ${colourOf(message.user_id)}`, name);
    line.dataset.part = "author";
    if (host) line.append(" ", element("span", "badge", words.t("client.host")));
    if ("bot" in message) {
      line.append(" ", element("span", "badge badge--quiet", words.t("client.bot")));
    }
    if (hand) {
      const up = element("span", "hidden-label", words.t("client.hand.up"));
      line.append(" ", element("span", "badge badge--hand", icon("hand"), up));
    }
    return line;
  }

  /**
   * The time of a message, a button that opens what can be done with it (js/acting.js).
   * @param {Message} message
   */
  function timeButton(message) {
    const date = new Date(message.time);
    const time = element("time", "", times.short(date));
    time.dateTime = message.time;
    const button = element("button", "message__time", time);
    button.type = "button";
    button.title = times.full(date);
    button.tabIndex = -1;
    button.dataset.part = "time";
    button.setAttribute("aria-label", words.t("client.details", { time: times.short(date) }));
    button.setAttribute("aria-haspopup", "menu");
    button.setAttribute("aria-expanded", "false");
    return button;
  }

  /** @param {MessageRow} row */
  function timeOf(row) {
    if (row.draft === null) return timeButton(row.message);
    const none = element("span");
    none.dataset.part = "time";
    return none;
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

/**
 * @param {HTMLElement} node
 * @param {MessageRow} row
 */
function classify(node, { message, draft, mine, named, first, last }) {
  const failed = draft !== null && draft.error !== null;
  const pending = draft !== null && !failed;
  const rtl = endsRightToLeft(message.message);
  const emoji = FEW_EMOJI.test(message.message);
  const group = { first, middle: !first && !last, last };
  const states = { mine, named, ...group, failed, pending, rtl, emoji };
  for (const [name, is] of Object.entries(states)) node.classList.toggle(`message--${name}`, is);
  node.classList.add("message");
}

/**
 * @param {MessageRow | undefined} before
 * @param {MessageRow} row
 */
function renamed(before, row) {
  return before?.message.user !== row.message.user;
}

/**
 * The message of a row, once it is one.
 * @param {MessageRow} row
 */
function said(row) {
  return row.draft === null ? row.message : null;
}
