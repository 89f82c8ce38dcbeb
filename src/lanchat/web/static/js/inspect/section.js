// A part of a view, with a heading.

import { element } from "../dom.js";

/**
 * @param {string} id
 * @param {string} heading
 * @param {(Node | string)[]} children
 */
export function section(id, heading, ...children) {
  const title = element("h2", "part__title", heading);
  const node = element("section", "part", title, ...children);
  node.id = id;
  title.id = `${id}-title`;
  node.setAttribute("aria-labelledby", title.id);
  return node;
}

/**
 * What stands in an element is explained while it is pointed at or has the focus.
 * @param {HTMLElement} node
 * @param {Inspect.Meaning} meaning
 * @param {Inspect.Point} point
 */
export function pointing(node, meaning, point) {
  for (const type of ["pointerenter", "focus", "click"]) {
    node.addEventListener(type, () => point(meaning));
  }
  for (const type of ["pointerleave", "blur"]) node.addEventListener(type, () => point(null));
}
