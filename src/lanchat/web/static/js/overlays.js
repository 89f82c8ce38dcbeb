// What lies over the room: the panel, a question, the words for who was removed; and on a phone
// the keyboard.

import { lastOf, setText } from "./dom.js";

/**
 * The panel with people and settings: a column where there is room, else a sheet from the side,
 * which takes the focus while it is open, and gives it back.
 * @param {Record<"panel" | "room" | "backdrop" | "open" | "close", HTMLElement>} elements
 */
export function mountPanel({ panel, room, backdrop, open, close }) {
  const wide = matchMedia("(min-width: 60rem)");

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
    if (key === "Escape" && panel.classList.contains("panel--open")) shut();
  });
  wide.addEventListener("change", () => show(false));
  holdFocus(panel, () => panel.classList.contains("panel--open"));
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
  holdFocus(dialog, () => settle !== null);

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
 * A key that is held down does its deed once. Only writing repeats.
 * @param {Document} page
 */
export function ignoreHeldKeys(page) {
  page.addEventListener(
    "keydown",
    (event) => {
      const writing = event.target instanceof HTMLTextAreaElement;
      const does =
        event.key === "Enter" ? !writing || !event.shiftKey : event.key === " " && !writing;
      if (!event.repeat || event.isComposing || !does) return;
      event.preventDefault();
      event.stopPropagation();
    },
    true,
  );
}

/**
 * Only what is open can be reached by the Tab key. `inert` says the same to screen readers and to
 * the pointer, where a browser knows it: it is younger than the oldest ones that the pages are for.
 * @param {HTMLElement} node
 * @param {() => boolean} isOpen
 */
function holdFocus(node, isOpen) {
  /** @returns {HTMLElement[]} */
  const stops = () => {
    /** @type {NodeListOf<HTMLElement>} */
    const found = node.querySelectorAll("a, button:not([disabled]), select, [tabindex]");
    return [...found].filter((stop) => stop.offsetParent !== null);
  };
  node.addEventListener("keydown", (event) => {
    if (event.key !== "Tab" || !isOpen()) return;
    const all = stops();
    const [from, to] = event.shiftKey ? [all[0], lastOf(all)] : [lastOf(all), all[0]];
    if (document.activeElement !== from) return;
    event.preventDefault();
    to?.focus();
  });
  document.addEventListener("focusin", ({ target }) => {
    if (isOpen() && target instanceof Node && !node.contains(target)) stops()[0]?.focus();
  });
}

/**
 * @param {HTMLElement} node
 * @param {boolean} inert
 */
function setInert(node, inert) {
  node.toggleAttribute("inert", inert);
}

/**
 * Shown in place of the chat, which is over for this page.
 * @param {{ card: HTMLElement, why: HTMLElement, again: HTMLElement }} elements
 * @param {{ words: Words, times: Times }} options
 */
export function mountFarewell({ card, why, again }, { words, times }) {
  /** @type {Part["update"]} */
  function update({ removal }) {
    if (removal === null || !card.hidden) return;
    const { code, until } = removal;
    const time = until && times.until(new Date(until));
    if (code === "kicked") setText(why, words.t("client.kicked"));
    else setText(why, words.t(until ? "client.banned_you" : "client.banned_you_forever", { time }));
    card.hidden = false;
    again.focus();
  }

  return { update };
}

/**
 * Keep the root as high as what is visible: iOS lays its keyboard over the page.
 * @param {HTMLElement} root
 */
export function followViewport(root) {
  const { visualViewport } = window;
  if (!visualViewport) return;
  const follow = () => {
    const covered = window.innerHeight - visualViewport.height * visualViewport.scale > 100;
    root.style.height = covered ? `${visualViewport.height}px` : "";
    if (covered) window.scrollTo(0, 0);
  };
  visualViewport.addEventListener("resize", follow);
}
