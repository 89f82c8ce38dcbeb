// Commands in the composer: a line that begins with a slash. Two slashes begin a message that
// begins with one.

import { element } from "./dom.js";

const MOST = 6; // commands at a time: nothing scrolls, the arrow keys go on

/**
 * What a text is: to be said, where `name` is null, or a command.
 * @param {string} line
 */
export function readLine(line) {
  if (line.startsWith("//")) return { name: null, text: line.slice(1) };
  const command = /^\/(\S*)\s*([\s\S]*)$/.exec(line);
  return command === null ? { name: null, text: line } : { name: command[1], text: command[2] };
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
