// What lies over the page for a moment: a popover or a menu beside what opened it, and on phones a
// sheet at the bottom. One is open at a time; it takes the focus, keeps it, and gives it back.
// Browsers' own popovers, dialogs and `inert` are younger than the oldest that the pages are for.

import { element, icon, lastOf } from "./dom.js";

const NARROW = "(max-width: 40rem)"; // css/overlay.css makes sheets there
const GAP = 6; // pixels between an overlay and its opener, and the window's edge

/**
 * `rest` is the page below, which a sheet's shade covers. `open(card, anchor)` shows an element of
 * the class `overlay` that lies outside of `rest`, and focuses its first control; `openMenu` makes
 * one of items; `mountOpener` lets a button open and close a card.
 * @param {{ rest: HTMLElement, shade: HTMLElement }} page
 * @returns {Overlays}
 */
export function mountOverlays({ rest, shade }) {
  const narrow = matchMedia(NARROW);
  /** @type {{ card: HTMLElement, anchor: HTMLElement, onClose: (() => void) | undefined } | null} */
  let current = null;

  /** @type {Overlays["open"]} */
  function open(card, anchor, onClose) {
    close();
    current = { card, anchor, onClose };
    card.hidden = false;
    card.tabIndex = -1;
    expanded(anchor, true);
    place();
    (stopsOf(card)[0] ?? card).focus({ preventScroll: true });
  }

  /** @type {Overlays["close"]} */
  function close() {
    if (current === null) return;
    const { card, anchor, onClose } = current;
    const held = card.contains(document.activeElement);
    current = null;
    card.hidden = true;
    shade.hidden = true;
    setInert(rest, false);
    expanded(anchor, false);
    if (held) anchor.focus({ preventScroll: true });
    onClose?.();
  }

  function place() {
    if (current === null) return;
    const { card, anchor } = current;
    const sheet = narrow.matches;
    card.classList.toggle("overlay--sheet", sheet);
    card.setAttribute("aria-modal", String(sheet));
    shade.hidden = !sheet;
    setInert(rest, sheet);
    card.removeAttribute("style");
    if (!sheet) beside(card, anchor.getBoundingClientRect());
  }

  /** @type {Overlays["mountOpener"]} */
  function mountOpener(button, card, prepare) {
    button.addEventListener("click", async () => {
      if (current?.card === card) {
        close();
        return;
      }
      const prepared = prepare?.();
      if (prepared === undefined || (await prepared)) open(card, button);
    });
  }

  /** @type {Overlays["openMenu"]} */
  function openMenu(anchor, { label, items, head }) {
    const title = element("p", "overlay__title", label);
    const menu = element("div", "", ...(head ? [head] : []));
    const card = element("section", "overlay overlay--menu", title, menu);
    title.setAttribute("aria-hidden", "true");
    menu.append(...items.map((item) => menuItem(item, close)));
    menu.addEventListener("keydown", (event) => walk(menu, event));
    menu.setAttribute("role", "menu");
    card.setAttribute("role", "dialog");
    for (const node of [card, menu]) node.setAttribute("aria-label", label);
    document.body.append(card);
    open(card, anchor, () => card.remove());
  }

  document.addEventListener("pointerdown", ({ target }) => {
    if (current === null || narrow.matches || !(target instanceof Node)) return;
    if (!current.card.contains(target) && !current.anchor.contains(target)) close();
  });
  // Not at the first touch: the finger's click would then fall on what lies below.
  shade.addEventListener("click", close);
  document.addEventListener(
    "keydown",
    (event) => {
      if (current === null) return;
      if (event.key === "Escape") {
        event.stopPropagation(); // one step back at a time
        close();
      } else if (event.key === "Tab") turnRound(current.card, event);
    },
    true,
  );
  document.addEventListener("focusin", ({ target }) => {
    // What copies a text, for one, has the focus for a moment elsewhere.
    if (current !== null && target instanceof Node && rest.contains(target)) {
      (stopsOf(current.card)[0] ?? current.card).focus();
    }
  });
  window.addEventListener("resize", place);

  return { open, close, mountOpener, openMenu, isOpen: (card) => current?.card === card };
}

/**
 * Below the anchor, or above it where there is more room; within the window.
 * @param {HTMLElement} card
 * @param {DOMRect} anchor
 */
function beside(card, anchor) {
  const { offsetWidth: width, offsetHeight: height } = card;
  const below = window.innerHeight - anchor.bottom - 2 * GAP;
  const above = anchor.top - 2 * GAP;
  const down = height <= below || below >= above;
  const most = Math.max(0, down ? below : above);
  const atEnd = anchor.left + anchor.width / 2 > window.innerWidth / 2;
  const left = atEnd ? anchor.right - width : anchor.left;
  const top = down ? anchor.bottom + GAP : anchor.top - GAP - Math.min(height, most);
  card.style.maxHeight = `${most}px`;
  card.style.top = `${top}px`;
  card.style.left = `${Math.max(GAP, Math.min(left, window.innerWidth - width - GAP))}px`;
}

/**
 * @param {MenuItem} item
 * @param {() => void} close
 */
function menuItem({ text, symbol, danger = false, onChoose }, close) {
  const button = element("button", "overlay__act", ...(symbol ? [icon(symbol)] : []), text);
  button.classList.toggle("overlay__act--danger", danger);
  button.type = "button";
  button.setAttribute("role", "menuitem");
  button.addEventListener("click", () => {
    close();
    onChoose();
  });
  return button;
}

/**
 * The arrow keys go through a menu, round and round.
 * @param {HTMLElement} menu
 * @param {KeyboardEvent} event
 */
function walk(menu, event) {
  /** @type {NodeListOf<HTMLElement>} */
  const found = menu.querySelectorAll("[role^=menuitem]");
  const items = [...found];
  const at = items.findIndex((item) => item === document.activeElement);
  /** @type {Record<string, HTMLElement | undefined>} */
  const ways = {
    ArrowDown: items[(at + 1) % items.length],
    ArrowUp: items[at > 0 ? at - 1 : items.length - 1],
    Home: items[0],
    End: lastOf(items),
  };
  const next = ways[event.key];
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
}

/**
 * @param {HTMLElement} anchor
 * @param {boolean} open
 */
function expanded(anchor, open) {
  if (anchor.hasAttribute("aria-expanded")) anchor.setAttribute("aria-expanded", String(open));
}

/**
 * The Tab key goes round in what is open.
 * @param {HTMLElement} node
 * @param {KeyboardEvent} event
 */
export function turnRound(node, event) {
  const all = stopsOf(node);
  const [from, to] = event.shiftKey ? [all[0], lastOf(all)] : [lastOf(all), all[0]];
  if (document.activeElement !== from && node.contains(document.activeElement)) return;
  event.preventDefault();
  to?.focus();
}

/**
 * What the Tab key reaches in a node.
 * @param {HTMLElement} node
 */
export function stopsOf(node) {
  /** @type {NodeListOf<HTMLElement>} */
  const found = node.querySelectorAll(
    "a, button:not([disabled]), input, select, textarea, [tabindex='0']",
  );
  return [...found].filter((stop) => stop.tabIndex >= 0 && stop.offsetParent !== null);
}

/**
 * Out of reach for screen readers and the pointer, where a browser knows the attribute.
 * @param {HTMLElement} node
 * @param {boolean} inert
 */
export function setInert(node, inert) {
  node.toggleAttribute("inert", inert);
}
