// Elements of pictures.

const SVG = "http://www.w3.org/2000/svg";

/**
 * @template {keyof SVGElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Readonly<Record<string, string | number>>} attributes
 * @param {(Node | string)[]} children
 */
export function svg(tag, attributes = {}, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) {
    node.setAttribute(
      name,
      typeof value === "number" ? String(Math.round(value * 10) / 10) : value,
    );
  }
  node.append(...children);
  return node;
}

/**
 * @param {string} name
 * @param {string} way
 */
export function path(name, way) {
  const node = svg("path", { class: name });
  node.setAttribute("d", way);
  return node;
}

/**
 * @param {string} name
 * @param {number} x
 * @param {number} y
 */
export function circle(name, x, y) {
  const node = svg("circle", { class: name, cx: x, cy: y });
  node.setAttribute("r", "4");
  return node;
}
