// Making elements. Text goes in as text nodes only, so nothing a guest types becomes markup.

/** An element with a class and children: nodes, or strings that become text. */
export function element(tag, className = "", ...children) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...children);
  return node;
}

/** Set text without touching the page where it already stands. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
