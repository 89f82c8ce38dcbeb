// Commands in the composer: a line whose first word is a slash and the name of a command, or what
// looks like a mistyped one. Everything else is said as it was typed: /home/ana, // main.c.

import { element } from "./dom.js";

const MOST = 6; // commands at a time: nothing scrolls, the arrow keys go on
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
 * The list of commands that can be meant, above the field. `onChoose(text)` puts a text into it.
 * @param {{ field: HTMLTextAreaElement, list: HTMLElement }} elements
 * @param {{ usable: () => readonly Command[], onChoose: (text: string) => void }} options
 */
export function mountCompletion({ field, list }, { usable, onChoose }) {
  /** @type {Command[]} */
  let shown = [];
  let active = 0;

  function update() {
    const line = field.value;
    const begun = /^\/(\w*)$/.exec(line)?.[1].toLowerCase();
    const named = /^\/(\w+)\s/.exec(line)?.[1];
    const fits = (/** @type {Command} */ { name }) =>
      begun === undefined ? name === named : name.startsWith(begun);
    shown = line.startsWith("/") ? usable().filter(fits) : [];
    active = 0;
    draw(begun !== undefined);
  }

  /** @param {boolean} choosing */
  function draw(choosing) {
    const first = Math.max(0, active + 1 - MOST);
    const seen = shown.slice(first, first + MOST);
    list.hidden = seen.length === 0;
    list.replaceChildren(...seen.map((command, i) => option(command, choosing, first + i)));
    const current = choosing ? list.children[active - first] : undefined;
    if (current === undefined) field.removeAttribute("aria-activedescendant");
    else field.setAttribute("aria-activedescendant", current.id);
  }

  /**
   * @param {Command} command
   * @param {boolean} choosing
   * @param {number} index
   */
  function option({ name, usage, help }, choosing, index) {
    const node = element(
      "li",
      "commands__command",
      element("b", "commands__usage", usage),
      element("span", "commands__help", help),
    );
    node.id = `command-${name}`;
    node.setAttribute("role", "option");
    node.setAttribute("aria-selected", String(choosing && index === active));
    // The field keeps the focus, and a phone its keyboard.
    node.addEventListener("pointerdown", (event) => event.preventDefault());
    node.addEventListener("click", () => choose(index));
    return node;
  }

  /** @param {number} index */
  function choose(index) {
    onChoose(`/${shown[index].name} `);
    update();
  }

  function close() {
    shown = [];
    draw(false);
  }

  /**
   * Whether a key was for the list.
   * @param {KeyboardEvent} event
   */
  function takes({ key }) {
    if (list.hidden || !/^\/\w*$/.test(field.value)) return false;
    if (key === "Escape") close();
    else if (key === "ArrowDown" || key === "ArrowUp") {
      active = (active + (key === "ArrowDown" ? 1 : shown.length - 1)) % shown.length;
      draw(true);
    } else if (key === "Tab") choose(active);
    else if (key === "Enter" && field.value !== `/${shown[active].name}`) choose(active);
    else return false;
    return true;
  }

  field.addEventListener("blur", close);
  field.addEventListener("focus", update);
  return { update, takes };
}
