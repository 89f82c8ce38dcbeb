// Commands in the composer: a line whose first word is a slash and the name of a command, or what
// looks like a mistyped one. Everything else is said as it was typed: /home/ana, // main.c.

import { element } from "./dom.js";
import { mentionAt } from "./mentions.js";
import { plain } from "./people.js";

const MOST_PEOPLE = 8; // that a mention is completed by

// What other chats have for words that not everybody shall read.
const WHISPERS = new Set(["dm", "msg", "pm", "query", "tell", "w", "whisper"]);

/**
 * What a text is: to be said, where `name` is null, or a command; `names` are those that there are.
 * @param {string} line
 * @param {readonly string[]} names
 * @returns {{ name: string | null, text: string }}
 */
export function readLine(line, names) {
  const [, word, text = ""] = /^\/([^\s/]+)(?:\s+([\s\S]*))?$/.exec(line) ?? [];
  if (word === undefined) return { name: null, text: line };
  const name = word.toLowerCase();
  const meant = names.includes(name) || WHISPERS.has(name);
  if (meant || names.some((known) => isMistyped(name, known))) return { name, text };
  return { name: null, text: line };
}

/**
 * Whether a word is another one but for a letter too many, too few or wrong, or two that have
 * changed places. Words of three letters have too many neighbours: /bin is not /ban.
 * @param {string} word
 * @param {string} known
 */
function isMistyped(word, known) {
  const shorter = Math.min(word.length, known.length);
  let begin = 0;
  while (begin < shorter && word[begin] === known[begin]) begin += 1;
  let end = 0;
  while (end < shorter - begin && word[word.length - 1 - end] === known[known.length - 1 - end]) {
    end += 1;
  }
  const is = word.slice(begin, word.length - end);
  const should = known.slice(begin, known.length - end);
  if (is.length === 2 && should.length === 2) return is === should[1] + should[0];
  if (is.length > 1 || should.length > 1) return false;
  return word.length > 3 || is.length < should.length;
}

/**
 * The list of commands that can be meant, above the field, or of the people whom one is about, or
 * who can be mentioned behind an "@". `onChoose(text, caret)` puts a text into it.
 * @param {{ field: HTMLTextAreaElement, list: HTMLElement }} elements
 * @param {{
 *   words: Words, usable: () => readonly Command[],
 *   people: () => readonly string[], mentionable: () => readonly string[],
 *   onChoose: (text: string, caret?: number) => void,
 * }} options
 */
export function mountCompletion({ field, list }, options) {
  const { words, usable, people, mentionable, onChoose } = options;
  /** @type {Completion[]} */
  let shown = [];
  let active = 0;
  let choosing = false; // or the list only says how the command goes on

  function update() {
    shown = [];
    active = 0;
    const [, word, rest] = /^\/(\w*)(?:\s+([\s\S]*))?$/.exec(field.value) ?? [];
    if (word === undefined) mention();
    else complete(word.toLowerCase(), rest);
    list.setAttribute(
      "aria-label",
      words.t(word === undefined ? "client.people_here" : "client.help"),
    );
    draw();
  }

  /** The people whose name goes on as it stands behind an "@" before the caret. */
  function mention() {
    const { value, selectionEnd } = field;
    const at = mentionAt(value, selectionEnd);
    if (at === null) return;
    choosing = true;
    const after = value.slice(selectionEnd);
    shown = matching(mentionable(), at.typed)
      .slice(0, MOST_PEOPLE)
      .map((name) => {
        const before = `${value.slice(0, at.begin)}${name} `;
        return { title: name, text: before + after, caret: before.length, help: "" };
      });
  }

  /**
   * @param {string} word
   * @param {string | undefined} rest what stands after it
   */
  function complete(word, rest) {
    const commands = usable();
    if (rest === undefined) {
      choosing = true;
      shown = commands.filter(({ name }) => name.startsWith(word)).map(offer);
      return;
    }
    const command = commands.find(({ name }) => name === word);
    const meant = command?.person ? matching(people(), rest) : [];
    choosing = meant.length > 0;
    if (choosing) {
      shown = meant.map((name) => ({ title: name, text: `/${word} ${name} `, help: "" }));
    } else if (command !== undefined) shown = [offer(command)];
  }

  function draw() {
    list.hidden = shown.length === 0;
    list.replaceChildren(...shown.map(option));
    mark();
  }

  /** Which one is meant; it is seen, however many there are. */
  function mark() {
    for (const [i, node] of [...list.children].entries()) {
      node.setAttribute("aria-selected", String(choosing && i === active));
    }
    const current = choosing ? list.children[active] : undefined;
    if (current === undefined) field.removeAttribute("aria-activedescendant");
    else {
      field.setAttribute("aria-activedescendant", current.id);
      current.scrollIntoView({ block: "nearest" });
    }
  }

  /**
   * @param {Completion} completion
   * @param {number} index
   */
  function option({ title, help }, index) {
    const node = element("li", "commands__command", element("bdi", "commands__usage", title));
    if (help !== "") node.append(element("span", "commands__help", help));
    node.id = `completion-${index}`;
    node.setAttribute("role", "option");
    // The field keeps the focus, and a phone its keyboard.
    node.addEventListener("pointerdown", (event) => event.preventDefault());
    node.addEventListener("pointermove", () => {
      if (active === index || !choosing) return;
      active = index;
      mark();
    });
    node.addEventListener("click", () => choose(index));
    return node;
  }

  /** @param {number} index */
  function choose(index) {
    const { text, caret } = shown[index];
    onChoose(text, caret);
    update();
  }

  function close() {
    shown = [];
    draw();
  }

  /**
   * Whether a key was for the list.
   * @param {KeyboardEvent} event
   */
  function takes({ key }) {
    if (list.hidden || !choosing) return false;
    const { text } = shown[active];
    if (key === "Escape") close();
    else if (key === "ArrowDown" || key === "ArrowUp") {
      active = (active + (key === "ArrowDown" ? 1 : shown.length - 1)) % shown.length;
      mark();
    } else if (key === "Tab") choose(active);
    else if (key === "Enter" && field.value.trimEnd() !== text.trimEnd()) choose(active);
    else return false;
    return true;
  }

  field.addEventListener("blur", ({ relatedTarget }) => {
    if (relatedTarget !== list) close(); // or somebody scrolls it
  });
  field.addEventListener("focus", update);
  return { update, takes };
}

/**
 * @param {Command} command
 * @returns {Completion}
 */
function offer({ name, usage, help }) {
  return { title: usage, text: `/${name} `, help };
}

/**
 * The names that begin with what is typed; none where one of them stands there already.
 * @param {readonly string[]} names
 * @param {string} typed
 */
function matching(names, typed) {
  const begun = plain(typed);
  if (names.some((name) => begun.startsWith(`${plain(name)} `))) return [];
  return names.filter((name) => plain(name).startsWith(begun));
}

/**
 * How all the commands are written, for a card.
 * @param {readonly Command[]} commands
 */
export function helpOn(commands) {
  const lines = commands.flatMap(({ usage, help }) => [
    element("dt", "", usage),
    element("dd", "", help),
  ]);
  return element("dl", "help", ...lines);
}
