// What lies over the room: the panel, a question, the words for who was removed; and on a phone
// the keyboard.

import { setText } from "./dom.js";

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
    room.inert = shown;
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
}

/**
 * Asks before what cannot be taken back; `ask(question)` promises whether it was meant.
 * @param {{ dialog: HTMLDialogElement, text: HTMLElement, yes: HTMLElement }} elements
 * @returns {(question: string) => Promise<boolean>}
 */
export function mountConfirm({ dialog, text, yes }) {
  return function ask(question) {
    text.textContent = question;
    dialog.returnValue = "";
    dialog.showModal();
    yes.focus();
    return new Promise((settle) => {
      const closed = () => settle(dialog.returnValue === "yes");
      dialog.addEventListener("close", closed, { once: true });
    });
  };
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
