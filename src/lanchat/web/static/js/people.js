// Who is here: the list in the panel, the counts, and each person's colour and initials.

import { element, lastOf, setText } from "./dom.js";
import { isHost } from "./moderation.js";

const COLOURS = 24; // the classes in css/avatar.css

/**
 * A coloured disc with initials.
 * @param {string} id
 * @param {string} name
 */
export function avatar(id, name) {
  const node = element("span", `avatar ${colourOf(id)}`, initials(name));
  node.setAttribute("aria-hidden", "true");
  return node;
}

/**
 * The class that gives a user their colour, which is the same for everybody and by any name.
 * @param {string} id
 */
export function colourOf(id) {
  let hash = 0x811c9dc5; // FNV-1a
  for (const char of id) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return `person-${((hash ^ (hash >>> 15)) >>> 0) % COLOURS}`;
}

/**
 * Of the first and the last word, or what the name begins with where it has no letters.
 * @param {string} name
 */
function initials(name) {
  const letters = name
    .split(/[\s._-]+/)
    .flatMap((word) => /[\p{L}\p{N}]\p{M}*/u.exec(word)?.[0].toUpperCase() ?? []);
  if (letters.length === 0) return Array.from(name)[0] ?? "";
  return letters.length === 1 ? letters[0] : `${letters[0]}${lastOf(letters)}`;
}

/**
 * The people list; a host's has actions, `onAct(action, member)`.
 * @param {{ list: HTMLElement, total: HTMLElement, line: HTMLElement }} elements
 * @param {{
 *   words: Words,
 *   commands: readonly Command[],
 *   onAct: (action: string, member: Member) => void,
 * }} options
 */
export function mountPeople({ list, total, line }, { words, commands, onAct }) {
  /** @type {readonly Member[]} */
  let shown = [];
  let me = "";
  let hosting = false;
  /** @type {string | null} */
  let opened = null; // whose actions are shown
  /** @type {WeakMap<Member, HTMLElement>} */
  let made = new WeakMap(); // who was here stays as they are while others come

  /** @type {Part["update"]} */
  function update(state) {
    const { members, you, joined } = state;
    const ofHost = isHost(state);
    if (members === shown && you.id === me) return;
    if (you.id !== me || ofHost !== hosting) made = new WeakMap();
    shown = members;
    me = you.id;
    hosting = ofHost;
    const isMe = (/** @type {Member} */ member) => member.id === me;
    const others = members.filter((member) => !isMe(member));
    const people = [...members.filter(isMe), ...others];
    list.replaceChildren(...people.map((member) => lineOf(member, isMe(member))));
    setText(total, members.length > 0 ? String(members.length) : "");
    if (joined) setText(line, words.count("client.people", members.length));
  }

  /**
   * @param {Member} member
   * @param {boolean} mine
   */
  function lineOf(member, mine) {
    const known = made.get(member);
    if (known !== undefined) return known;
    const item = makeLine(member, mine);
    made.set(member, item);
    return item;
  }

  /**
   * @param {Member} member
   * @param {boolean} mine
   */
  function makeLine(member, mine) {
    const name = element("bdi", "people__name", member.name);
    name.title = member.name;
    const label = element("span", "people__line", name);
    if (mine) label.append(element("span", "people__you", words.t("client.you")));
    if (member.role === "host") label.append(element("span", "badge", words.t("client.host")));
    if (member.muted) label.append(element("span", "badge badge--quiet", words.t("client.muted")));
    const about = element("span", "people__about", label, element("span", "people__ip", member.ip));
    const row = element("div", "people__row", avatar(member.id, member.name), about);
    const person = element("li", "people__person", row);
    if (hosting && !mine) {
      const acts = actions(member);
      row.append(opener(member, acts));
      person.append(acts);
    }
    return person;
  }

  /**
   * @param {Member} member
   * @param {HTMLElement} acts
   */
  function opener(member, acts) {
    const button = element("button", "button button--icon people__more", "⋯");
    button.type = "button";
    button.setAttribute("aria-label", words.t("client.actions", { name: member.name }));
    button.setAttribute("aria-expanded", String(!acts.hidden));
    button.addEventListener("click", () => {
      acts.hidden = !acts.hidden;
      opened = acts.hidden ? null : member.id;
      button.setAttribute("aria-expanded", String(!acts.hidden));
      acts.scrollIntoView({ block: "nearest" });
    });
    return button;
  }

  /** @param {Member} member */
  function actions(member) {
    const ofGuest = ["guest", member.muted ? "muted" : "writer"];
    const menus = member.role === "host" ? ["host"] : ofGuest;
    const offered = commands.filter(({ menu }) => menu !== null && menus.includes(menu));
    const buttons = offered.map(({ name: action }) => {
      const button = element("button", "people__act", words.t(`client.action.${action}`));
      button.type = "button";
      button.addEventListener("click", () => {
        opened = null;
        onAct(action, member);
      });
      return button;
    });
    const acts = element("div", "people__acts", ...buttons);
    acts.hidden = member.id !== opened;
    return acts;
  }

  return { update };
}
