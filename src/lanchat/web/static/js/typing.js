// Who else is writing just now: one line above the composer, whose place is kept. Who writes tells
// the others, every few seconds for as long as they do; nobody stores it.

import { element } from "./dom.js";
import { LOBBY } from "./rooms/views.js";

const TELL_EVERY = 3_000; // milliseconds, as often as the server passes it on
const FORGET_AFTER = 5_000;
const MOST_NAMES = 3;
const MOST_PEOPLE = 50; // in a larger room nobody is told

/**
 * `tell()` says that this user is writing.
 * @param {HTMLElement} line
 * @param {{ words: Words, getState: () => State, tell: () => void }} options
 */
export function mountTyping(line, { words, getState, tell }) {
  let told = -Infinity;
  let timer = 0;

  /** Somebody types here. */
  function typed() {
    const { joined, members, room, rooms } = getState();
    const its = room === LOBBY ? undefined : rooms.find(({ id }) => id === room);
    const count = its?.members ?? members.length;
    const alone = count < 2 || count > MOST_PEOPLE;
    if (!joined || alone || performance.now() - told < TELL_EVERY) return;
    told = performance.now();
    tell();
  }

  /** What was typed is said: the next message is told of at once. */
  function sent() {
    told = -Infinity;
  }

  /** @type {readonly Typing[]} */
  let shown = [];

  /** @type {Part["update"]} */
  function update({ typing }) {
    if (typing === shown) return;
    shown = typing;
    draw();
  }

  function draw() {
    clearTimeout(timer);
    const now = performance.now();
    const fresh = shown.filter(({ since }) => since + FORGET_AFTER > now);
    line.replaceChildren(...textOf(fresh));
    if (fresh.length === 0) return;
    const first = Math.min(...fresh.map(({ since }) => since));
    timer = window.setTimeout(draw, first + FORGET_AFTER - now);
  }

  /** @param {readonly User[]} people */
  function textOf(people) {
    if (people.length === 0) return [];
    if (people.length > MOST_NAMES) return [words.t("client.typing_many")];
    const key = "client.typing";
    const [before, after] = words.count(key, people.length, { names: "\0" }).split("\0");
    const names = words
      .list(people.map(({ name }) => name))
      .map(({ type, value }) => (type === "literal" ? value : element("bdi", "", value)));
    return [before, ...names, after];
  }

  return { typed, sent, update };
}

/**
 * Somebody is writing; what they have said ends it (`messagePosted` of js/history.js).
 * @type {Reducer<"typingReceived">}
 */
export function typingReceived(state, { typing }) {
  if (typing.id === state.you.id) return state;
  return { ...state, typing: [...withoutTyping(state, typing.id).typing, typing] };
}

/**
 * @param {State} state
 * @param {string} userId
 * @returns {State}
 */
export function withoutTyping(state, userId) {
  if (!state.typing.some(({ id }) => id === userId)) return state;
  return { ...state, typing: state.typing.filter(({ id }) => id !== userId) };
}
