// The page's elements. Text goes in as text nodes only, so nothing a guest types becomes markup.

/**
 * The element with this id, which the page's template has.
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} type
 */
export function byId(id, type) {
  const node = document.getElementById(id);
  if (node instanceof type) return node;
  throw new TypeError(`no ${type.name} is #${id}`);
}

/**
 * An element with a class and children: nodes, or strings that become text.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {(Node | string)[]} children
 */
export function element(tag, className = "", ...children) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...children);
  return node;
}

const SVG = "http://www.w3.org/2000/svg";

/**
 * A line icon of the page's sprite (templates/_icons.html); a label stands beside it.
 * @param {string} name
 */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `#icon-${name}`);
  svg.append(use);
  return svg;
}

/**
 * The last of a list; `at(-1)` is younger than the oldest browsers that the pages are for.
 * @template T
 * @param {readonly T[]} list
 * @returns {T | undefined}
 */
export function lastOf(list) {
  return list[list.length - 1];
}

/**
 * Set text without touching the page where it already stands.
 * @param {Node} node
 * @param {string} text
 */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/**
 * What the page brings along.
 * @returns {Config}
 */
export function readConfig() {
  return JSON.parse(byId("lanchat-config", HTMLScriptElement).text);
}
