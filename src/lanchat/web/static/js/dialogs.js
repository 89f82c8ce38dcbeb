// What stands in the way of the room: the people's panel on narrow screens, a question before what
// cannot be taken back, and the words for who was removed.

import { setText } from "./dom.js";
import { setInert, stopsOf, turnRound } from "./overlays.js";

/**
 * The panel with the people: a column where there is room, else a sheet from the side, which takes
 * the focus while it is open, and gives it back.
 * @param {Record<"panel" | "room" | "backdrop" | "open" | "close", HTMLElement>} elements
 */
export function mountPanel({ panel, room, backdrop, open, close }) {
  const wide = matchMedia("(min-width: 60rem)");
  const isOpen = () => panel.classList.contains("panel--open");

  /** @param {boolean} shown */
  function show(shown) {
    panel.classList.toggle("panel--open", shown);
    backdrop.hidden = !shown;
    setInert(room, shown);
    open.setAttribute("aria-expanded", String(shown));
  }

  function shut() {
    show(false);
    open.focus();
  }

  open.addEventListener("click", () => {
    show(true);
    close.focus();
  });
  close.addEventListener("click", shut);
  backdrop.addEventListener("click", shut);
  document.addEventListener("keydown", ({ key }) => {
    if (key === "Escape" && isOpen()) shut();
  });
  wide.addEventListener("change", () => show(false));
  holdFocus(panel, { rest: room, isOpen });
}

const NOT_MEANT_YET = 500; // milliseconds in which a second Enter, or a second click, still falls

/**
 * Asks before what cannot be taken back; `ask(question, deed)` promises whether it was meant. The
 * focus is on Cancel, and a finger that is still on its way confirms nothing.
 * @param {{
 *   dialog: HTMLElement, rest: HTMLElement, text: HTMLElement,
 *   no: HTMLElement, yes: HTMLButtonElement,
 * }} elements
 * @returns {(question: string, deed: string) => Promise<boolean>}
 */
export function mountConfirm({ dialog, rest, text, no, yes }) {
  /** @type {((meant: boolean) => void) | null} */
  let settle = null;
  let opened = 0;
  /** @type {Element | null} */
  let before = null;

  /** @param {boolean} meant */
  function close(meant) {
    const answer = settle;
    settle = null;
    dialog.hidden = true;
    setInert(rest, false);
    if (before instanceof HTMLElement) before.focus({ preventScroll: true });
    answer?.(meant);
  }

  no.addEventListener("click", () => close(false));
  yes.addEventListener("click", () => close(true));
  dialog.addEventListener("keydown", (event) => {
    event.stopPropagation(); // what lies below is not meant
    if (event.key === "Escape") close(false);
    else if (event.key !== "Tab" && performance.now() - opened < NOT_MEANT_YET) {
      event.preventDefault();
    }
  });
  holdFocus(dialog, { rest, isOpen: () => settle !== null });

  return function ask(question, deed) {
    if (settle !== null) return Promise.resolve(false);
    before = document.activeElement;
    opened = performance.now();
    setText(text, question);
    setText(yes, deed);
    yes.disabled = true;
    setTimeout(() => {
      yes.disabled = false;
    }, NOT_MEANT_YET);
    dialog.hidden = false;
    setInert(rest, true);
    no.focus();
    return new Promise((resolve) => {
      settle = resolve;
    });
  };
}

/**
 * Shown in place of the chat, which is over for this page.
 * @param {{ card: HTMLElement, why: HTMLElement }} elements
 * @param {{ words: Words, times: Times }} options
 */
export function mountFarewell({ card, why }, { words, times }) {
  /** @type {Part["update"]} */
  function update({ removal }) {
    if (removal === null || !card.hidden) return;
    const { code, until } = removal;
    const time = until && times.until(new Date(until));
    if (code === "kicked") setText(why, words.t("client.kicked"));
    else setText(why, words.t(until ? "client.banned_you" : "client.banned_you_forever", { time }));
    card.hidden = false;
    card.focus();
  }

  return { update };
}

/**
 * While a node is open, only what is in it can be reached by the Tab key; `rest` is what it hides.
 * @param {HTMLElement} node
 * @param {{ rest: HTMLElement, isOpen: () => boolean }} options
 */
function holdFocus(node, { rest, isOpen }) {
  node.addEventListener("keydown", (event) => {
    if (event.key === "Tab" && isOpen()) turnRound(node, event);
  });
  document.addEventListener("focusin", ({ target }) => {
    if (isOpen() && target instanceof Node && rest.contains(target) && !node.contains(target)) {
      stopsOf(node)[0]?.focus();
    }
  });
}
