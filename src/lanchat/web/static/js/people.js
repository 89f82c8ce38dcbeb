// Who is here: the list in the panel and its search, the count, and each user's colour and initials.

import { element, icon, lastOf, setText } from "./dom.js";
import { isHost } from "./moderation.js";
import { mayTalkTo } from "./rooms/permissions.js";

const COLOURS = 24; // the classes in css/avatar.css
const MANY = 30; // people from whom on one can search

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
 * A name as it is looked for: without its accents and capitals.
 * @param {string} name
 */
export function plain(name) {
  return name.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

/**
 * The names of these people but for one's own.
 * @param {User} you
 * @param {readonly User[]} people
 */
export function othersOf(you, people) {
  return people.filter(({ id }) => id !== you.id).map(({ name }) => name);
}

/**
 * The people list; a host's has menus, whose choices are `onAct(action, member)`, or `onClear(member)`
 * for all that they have said; `onTalk(member)` is to talk to somebody alone.
 * @param {{ list: HTMLElement, search: HTMLInputElement, line: HTMLElement }} elements
 * @param {{
 *   words: Words, overlays: Overlays, commands: readonly Command[],
 *   onAct: (action: string, member: Member) => void, onClear: (member: Member) => void,
 *   onTalk: (member: Member) => void,
 * }} options
 */
export function mountPeople({ list, search, line }, options) {
  const { words, overlays, commands, onAct, onClear, onTalk } = options;
  /** @type {readonly Member[]} */
  let shown = [];
  let me = "";
  let hosting = false;
  /** @type {Rules["private"]} */
  let privacy;
  let mayTalk = (/** @type {Member} */ _member) => false;
  let wanted = "";
  /** @type {WeakMap<Member, HTMLElement>} */
  let made = new WeakMap(); // who was here stays as they are while others come

  search.addEventListener("input", () => {
    wanted = plain(search.value.trim());
    draw();
  });

  /** @type {Part["update"]} */
  function update(state) {
    const { members, you, joined } = state;
    const ofHost = isHost(state);
    const between = state.rules.private;
    if (members === shown && you.id === me && between === privacy) return;
    if (you.id !== me || ofHost !== hosting || between !== privacy) made = new WeakMap();
    privacy = between;
    mayTalk = (member) => mayTalkTo(state, member);
    shown = members;
    me = you.id;
    hosting = ofHost;
    // Who has begun to search goes on, also where some have left meanwhile.
    search.hidden = members.length < MANY && search.value === "";
    draw();
    if (joined) setText(line, words.count("client.people", members.length));
  }

  function draw() {
    const isMe = (/** @type {Member} */ member) => member.id === me;
    const everybody = [...shown.filter(isMe), ...shown.filter((member) => !isMe(member))];
    const found = everybody.filter(({ name }) => plain(name).includes(wanted));
    const lines = found.map((member) => lineOf(member, isMe(member)));
    if (lines.length === 0 && wanted !== "") {
      lines.push(element("li", "people__none", words.t("client.nobody_found")));
    }
    place(lines);
  }

  /**
   * Nobody is moved whose place is the same, and the focus stays where it is: at the same person,
   * or in the list where they have gone.
   * @param {readonly HTMLElement[]} lines
   */
  function place(lines) {
    const { activeElement } = document;
    const held = list.contains(activeElement) ? activeElement : null;
    /** @type {Set<Element>} */
    const kept = new Set(lines);
    for (const old of [...list.children]) if (!kept.has(old)) old.remove();
    lines.forEach((person, at) => {
      const there = list.children[at] ?? null;
      if (there !== person) list.insertBefore(person, there);
    });
    if (held === null || list.contains(document.activeElement)) return;
    /** @type {HTMLElement | null} */
    const row = held.closest(".people__person");
    const same = lines.find(({ dataset }) => dataset.user === row?.dataset.user);
    (same?.querySelector("button") ?? list).focus({ preventScroll: true });
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
    const { id, name, ip, role, muted } = member;
    const calm = hosting || !mayTalk(member);
    const who = element(calm ? "span" : "button", "people__who");
    who.append(element("bdi", "people__name", name));
    if (who instanceof HTMLButtonElement) opens(who, member);
    const person = element("li", "people__person", avatar(id, name), who);
    person.dataset.user = id;
    person.title = `${name} · ${ip}`;
    if (mine) who.append(element("span", "people__you", words.t("client.you")));
    if (role === "host") who.append(element("span", "badge", words.t("client.host")));
    if (muted) who.append(element("span", "badge badge--quiet", words.t("client.muted")));
    if (hosting && !mine) {
      who.append(element("span", "people__ip", ip));
      person.append(opener(member));
    }
    return person;
  }

  /** @param {Member} member */
  function opener(member) {
    const label = words.t("client.actions", { name: member.name });
    const button = element("button", "button button--icon people__more", icon("more"));
    button.setAttribute("aria-label", label);
    opens(button, member);
    return button;
  }

  /**
   * @param {HTMLButtonElement} button
   * @param {Member} member
   */
  function opens(button, member) {
    button.type = "button";
    button.setAttribute("aria-haspopup", "menu");
    button.setAttribute("aria-expanded", "false");
    button.addEventListener("click", () => {
      if (button.getAttribute("aria-expanded") === "true") overlays.close();
      else overlays.openMenu(button, { label: member.name, items: itemsFor(member) });
    });
  }

  /** @param {Member} member */
  function itemsFor(member) {
    const talk = { text: words.t("client.talk_privately"), onChoose: () => onTalk(member) };
    const talks = mayTalk(member) ? [talk] : [];
    if (!hosting) return talks;
    const ofGuest = ["guest", member.muted ? "muted" : "writer"];
    const menus = member.role === "host" ? ["host"] : ofGuest;
    const offered = commands.filter(({ menu }) => menu !== null && menus.includes(menu));
    const acts = offered.map(({ name, asks }) => ({
      text: words.t(`client.action.${name}`),
      danger: asks && name !== "host",
      onChoose: () => onAct(name, member),
    }));
    const clear = words.t("client.clear_person", { name: member.name });
    return [...acts, ...talks, { text: clear, danger: true, onChoose: () => onClear(member) }];
  }

  return { update };
}
