// Who is mentioned: "@" and a name in a text, and the ids of these people beside it.

import { element } from "./dom.js";

const MOST = 20; // that the server takes
const ENDS = "(?![\\p{L}\\p{N}_])"; // behind a name, so that @Ana is not in @Anabel

/**
 * Whether a message names somebody, or answers what they said.
 * @param {Pick<Message, "mentions" | "quoted">} message
 * @param {User} user
 */
export function concerns({ mentions = [], quoted }, { id }) {
  return mentions.includes(id) || quoted?.user_id === id;
}

/**
 * The ids of those whom a text mentions.
 * @param {string} text
 * @param {readonly User[]} people
 */
export function mentionsIn(text, people) {
  if (!text.includes("@")) return [];
  const byName = new Map(people.map(({ id, name }) => [name.toLowerCase(), id]));
  const found = text.matchAll(patternOf([...byName.keys()]));
  const ids = [...found].flatMap(([, name]) => byName.get(name.toLowerCase()) ?? []);
  return [...new Set(ids)].slice(0, MOST);
}

/**
 * Whom one can mention: who is here, then who has said something and has left, the last of them
 * first. Of two who had one name it is who has it now. In a room besides the main one they are those
 * of the room.
 * @param {Pick<State, "members" | "messages"> & Partial<Pick<State, "rooms" | "room">>} state
 * @returns {readonly User[]}
 */
export function mentionable({ members: all, messages, rooms, room }) {
  const members = rooms?.find(({ id }) => id === room)?.people ?? all;
  const ids = new Set(members.map(({ id }) => id));
  const names = new Set(members.map(({ name }) => name.toLowerCase()));
  /** @type {User[]} */
  const left = [];
  for (const { user_id: id, user: name } of [...messages].reverse()) {
    if (ids.has(id) || names.has(name.toLowerCase())) continue;
    ids.add(id);
    names.add(name.toLowerCase());
    left.push({ id, name });
  }
  return [...members, ...left];
}

/**
 * The names by which these users are here, or were when they said something.
 * @param {Pick<State, "members" | "messages">} state
 * @param {readonly string[]} ids
 */
export function namesOf({ members, messages }, ids) {
  const wanted = new Set(ids);
  const here = members.filter(({ id }) => wanted.has(id)).map(({ name }) => name);
  const said = messages.filter(({ user_id }) => wanted.has(user_id)).map(({ user }) => user);
  return [...new Set([...here, ...said])];
}

/**
 * Let the mentions of these names stand out in a text, code and links aside.
 * @param {HTMLElement} node
 * @param {readonly string[]} names
 */
export function markMentions(node, names) {
  if (names.length === 0) return;
  const pattern = patternOf(names);
  const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
  /** @type {Text[]} */
  const texts = [];
  while (walker.nextNode()) {
    const text = /** @type {Text} */ (walker.currentNode);
    if (text.data.includes("@") && text.parentElement?.closest("a, code, pre") === null) {
      texts.push(text);
    }
  }
  for (const text of texts) text.replaceWith(...partsOf(text.data, pattern));
}

/**
 * @param {string} text
 * @param {RegExp} pattern
 */
function partsOf(text, pattern) {
  /** @type {(Node | string)[]} */
  const parts = [];
  let end = 0;
  for (const found of text.matchAll(pattern)) {
    const begin = (found.index ?? 0) + found[0].indexOf("@");
    const name = text.slice(begin, (found.index ?? 0) + found[0].length);
    parts.push(text.slice(end, begin), element("bdi", "mention", name));
    end = begin + name.length;
  }
  return [...parts, text.slice(end)];
}

/**
 * Finds "@" and one of these names; of two that begin alike the longer one.
 * @param {readonly string[]} names
 */
function patternOf(names) {
  const longest = [...names].sort((a, b) => b.length - a.length).map(escaped);
  // Firefox and Chrome look behind, the oldest Safari does not: what stands before is in the find.
  return new RegExp(`(?:^|[^\\p{L}\\p{N}_@])@(${longest.join("|")})${ENDS}`, "giu");
}

/** @param {string} name */
function escaped(name) {
  return name.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

/**
 * The beginning of a mention that is being written right before the caret; null where none is.
 * @param {string} text
 * @param {number} caret
 */
export function mentionAt(text, caret) {
  const before = text.slice(0, caret);
  const [, typed] = /(?:^|[\s([{"'])@([^\s@]*(?: [^\s@]+)?)$/.exec(before) ?? [];
  return typed === undefined ? null : { typed, begin: caret - typed.length };
}
