// What can be done with a message: a menu, on phones a sheet, with the reactions at hand on top and
// the message's details at the end. Loaded when somebody opens it.

import { copyText } from "./clipboard.js";
import { element } from "./dom.js";
import { namesOf } from "./marks.js";
import { isHost, silencedBy } from "./moderation.js";
import { linkTo } from "./page.js";
import { AT_HAND, pillsOf } from "./reactions.js";
import { shownRoom } from "./rooms/lists.js";
import { mayReport, mayTalkTo } from "./rooms/permissions.js";
import { needsSelecting, selectText } from "./selecting.js";
import { messageWith } from "./versions.js";

const SAID_FOR = 2_000; // milliseconds
// One emoji; which there are is for the server to say.
const EMOJI =
  /^(?:\p{RI}{2}|[\d#*]\uFE0F?\u20E3|\p{ExtPict}[\p{EMod}\uFE0F\u{E0020}-\u{E007F}]*(?:\u200D\p{ExtPict}[\p{EMod}\uFE0F]*)*)$/u;

/**
 * `open(id, anchor)` shows all of it beside an element, `react(id, anchor)` the reactions alone;
 * `mayEdit(message)` is whether there is time.
 * @param {{
 *   words: Words, times: Times, overlays: Overlays, getState: () => State,
 *   mayEdit: (message: Message) => boolean, deeds: MessageDeeds,
 * }} options
 * @returns {MessageMenus}
 */
export function mountMenus({ words, times, overlays, getState, mayEdit, deeds }) {
  const toast = element("p", "toast");
  toast.setAttribute("role", "status");
  document.body.append(toast);
  let timer = 0;

  /** @param {string} text */
  function say(text) {
    clearTimeout(timer);
    toast.textContent = text;
    timer = window.setTimeout(() => toast.replaceChildren(), SAID_FOR);
  }

  /** @param {string} text */
  async function copy(text) {
    say(words.t((await copyText(text)) ? "client.copied_text" : "client.not_copied"));
  }

  /** @type {MessageMenus["open"]} */
  function open(id, anchor) {
    const message = messageWith(getState(), id);
    if (message === undefined) return;
    const time = times.short(new Date(message.time));
    const head = element("div", "acts", ...reactionsFor(message, anchor));
    const label = words.t("client.said", { name: message.user, time });
    overlays.openMenu(anchor, { label, items: itemsFor(message), head });
    const details = detailsOf(message);
    const card = head.closest(".overlay");
    card?.setAttribute("aria-describedby", details.id);
    card?.append(details);
  }

  /** @type {MessageMenus["react"]} */
  function react(id, anchor) {
    const message = messageWith(getState(), id);
    if (message === undefined) return;
    const head = element("div", "acts", ...reactionsFor(message, anchor));
    overlays.openMenu(anchor, { label: words.t("client.react"), items: [], head });
  }

  /** @param {Message} message */
  function itemsFor(message) {
    const state = getState();
    const host = isHost(state);
    const mine = message.user_id === state.you.id;
    const { id, user, pinned = false, quoted } = message;
    const silent = silencedBy(state) !== null;
    const author =
      shownRoom(state).kind === "direct"
        ? undefined
        : state.members.find((member) => member.id === message.user_id);
    /** @type {[boolean, MenuItem][]} */
    const all = [
      [!silent, item("reply", "client.reply", () => deeds.reply(id))],
      [mine && mayEdit(message), item("edit", "client.edit", () => deeds.edit(id))],
      [
        quoted !== undefined && !quoted.deleted,
        item("up", "client.to_quoted", () => quoted && deeds.jump(quoted.id)),
      ],
      [message.message !== "", item("copy", "client.copy_text", () => copy(message.message))],
      [needsSelecting(), item("select", "client.select_text", () => selectText(id))],
      [true, item("link", "client.copy_link", () => copy(addressOf(id, state.room)))],
      [
        author !== undefined && mayTalkTo(state, author),
        item("lock", "client.talk_privately", () => author && deeds.talkTo(author)),
      ],
      [host, item("pin", pinned ? "client.unpin" : "client.pin", () => deeds.pin(id, !pinned))],
      [mayReport(state, message), item("room-report", "client.report", () => deeds.report(id))],
      [mine || host, item("delete", "client.delete", () => deeds.erase(id), true)],
      [
        host && !mine,
        {
          text: words.t("client.clear_person", { name: user }),
          symbol: "ban",
          danger: true,
          onChoose: () => deeds.clear({ id: message.user_id, name: user }),
        },
      ],
    ];
    return all.filter(([offered]) => offered).map(([, one]) => one);
  }

  /**
   * @param {string} symbol
   * @param {string} key
   * @param {() => void} onChoose
   * @returns {MenuItem}
   */
  function item(symbol, key, onChoose, danger = false) {
    return { text: words.t(key), symbol, danger, onChoose };
  }

  /**
   * @param {Message} message
   * @param {HTMLElement} anchor
   */
  function reactionsFor(message, anchor) {
    const state = getState();
    if (silencedBy(state) !== null) return [];
    const { id } = message;
    const pills = pillsIn(state, message);
    const group = element("div", "acts__reactions");
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", words.t("client.react"));
    for (const emoji of AT_HAND) {
      const own = pills.some((pill) => pill.emoji === emoji && pill.own);
      const button = choice("menuitemcheckbox", emoji, () => deeds.react(id, emoji));
      button.setAttribute("aria-checked", String(own));
      group.append(button);
    }
    const other = choice("menuitem", "+", () => askForEmoji(id, anchor));
    other.setAttribute("aria-label", words.t("client.other_emoji"));
    other.title = words.t("client.other_emoji");
    group.append(other);
    return [group];
  }

  /**
   * @param {"menuitem" | "menuitemcheckbox"} role
   * @param {string} text
   * @param {() => void} onChoose
   */
  function choice(role, text, onChoose) {
    const button = element("button", "acts__emoji", text);
    button.type = "button";
    button.setAttribute("role", role);
    button.addEventListener("click", () => {
      overlays.close();
      onChoose();
    });
    return button;
  }

  /**
   * A field for any emoji, which phones and systems have a keyboard of.
   * @param {number} id
   * @param {HTMLElement} anchor
   */
  function askForEmoji(id, anchor) {
    const label = element("label", "field__label", words.t("client.other_emoji"));
    const field = element("input", "field__input");
    const hint = element("p", "field__hint", words.t("client.emoji_hint"));
    const error = element("p", "field__error");
    const send = element("button", "button button--soft", words.t("client.react"));
    const form = element("form", "field", label, field, hint, error, send);
    const card = element("section", "overlay", form);
    field.id = "any-emoji";
    field.autocomplete = "off";
    label.htmlFor = field.id;
    hint.id = "any-emoji-hint";
    field.setAttribute("aria-describedby", hint.id);
    error.setAttribute("role", "alert");
    card.setAttribute("role", "dialog");
    card.setAttribute("aria-label", words.t("client.other_emoji"));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const emoji = field.value.trim();
      if (!EMOJI.test(emoji)) {
        error.textContent = words.t("client.not_emoji");
        return;
      }
      overlays.close();
      deeds.react(id, emoji);
    });
    document.body.append(card);
    overlays.open(card, anchor, () => card.remove());
  }

  /** @param {Message} message */
  function detailsOf(message) {
    const state = getState();
    const { id, time, edited, ip } = message;
    const facts = [
      [words.t("client.sent_at"), times.full(new Date(time))],
      ...(edited ? [[words.t("client.edited"), times.full(new Date(edited))]] : []),
      [words.t("client.ip"), ip],
      [words.t("client.number"), String(id)],
      ...pillsIn(state, message).map((pill) => [pill.emoji, namesOf(pill, state.you, words)]),
    ];
    const lines = facts.map(([name, fact]) =>
      element("div", "", element("dt", "", name), element("dd", "", fact)),
    );
    const list = element("dl", "acts__details", ...lines);
    list.id = "message-details";
    return list;
  }

  return { open, react };
}

/**
 * @param {State} state
 * @param {Message} message
 */
function pillsIn({ you, mine, reacting }, message) {
  return pillsOf(message, { you, own: mine[message.id]?.reactions, chosen: reacting[message.id] });
}

/**
 * @param {number} id
 * @param {string} room
 */
function addressOf(id, room) {
  const { origin, pathname } = location;
  return `${origin}${pathname}${linkTo(id, room)}`;
}
