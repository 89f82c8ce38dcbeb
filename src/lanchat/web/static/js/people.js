// Who is here: the list in the panel, the counts, and each person's colour and initials.

import { element, setText } from "./dom.js";

const COLOURS = 10; // the classes in css/avatar.css

/** A coloured disc with initials. */
export function avatar(name) {
  const node = element("span", `avatar ${colourOf(name)}`, initials(name));
  node.setAttribute("aria-hidden", "true");
  return node;
}

const given = new Map(); // name → colour

/** The class that gives a name its colour: the name's own, or the next that nobody has yet. */
export function colourOf(name) {
  if (!given.has(name)) {
    const taken = new Set(given.values());
    let colour = hashOf(name) % COLOURS;
    for (let i = 1; taken.has(colour) && i < COLOURS; i += 1) colour = (colour + 3) % COLOURS;
    given.set(name, colour);
  }
  return `person-${given.get(name)}`;
}

function hashOf(name) {
  let hash = 0x811c9dc5; // FNV-1a
  for (const char of name) hash = Math.imul(hash ^ char.codePointAt(0), 0x01000193) >>> 0;
  return (hash ^ (hash >>> 15)) >>> 0;
}

function initials(name) {
  const words = name.split(/[\s._-]+/).filter((word) => /[\p{L}\p{N}]/u.test(word));
  const letter = (word) => word.match(/[\p{L}\p{N}]\p{M}*/u)[0].toUpperCase();
  if (words.length === 0) return Array.from(name)[0] ?? "";
  return words.length === 1 ? letter(words[0]) : letter(words[0]) + letter(words.at(-1));
}

/** The people list. */
export function mountPeople({ list, total, line }, { words }) {
  let shown = null;
  let me = null;
  let made = new WeakMap(); // host → element: who was here stays as they are while others come

  function update({ hosts, you, joined }) {
    if (hosts === shown && you.id === me) return;
    if (you.id !== me) made = new WeakMap();
    shown = hosts;
    me = you.id;
    const ofMe = (host) => host.id === me;
    const others = hosts.filter((host) => !ofMe(host));
    const people = [...hosts.filter(ofMe), ...others];
    list.replaceChildren(...people.map((host) => person(host, ofMe(host))));
    setText(total, hosts.length > 0 ? String(hosts.length) : "");
    if (joined) setText(line, words.count("client.people", hosts.length));
  }

  function person(host, mine) {
    if (!made.has(host)) made.set(host, personOf(host, mine));
    return made.get(host);
  }

  function personOf(host, mine) {
    const name = element("bdi", "people__name", host.name);
    name.title = host.name;
    const label = element("span", "people__line", name);
    if (mine) label.append(element("span", "people__you", words.t("client.you")));
    const about = element("span", "people__about", label, element("span", "people__ip", host.ip));
    return element("li", "people__person", avatar(host.name), about);
  }

  return { update };
}
