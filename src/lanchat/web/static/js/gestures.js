// Fingers on messages: a long touch opens what can be done, a swipe to the right answers.

import { idOf } from "./acting.js";

const LONG = 450; // milliseconds
const STILL = 10; // pixels that a finger trembles
const FAR = 56; // pixels that are a swipe
const MOST = 80;
const OWN = "a, button, .code-block, .message--selecting"; // what has touches of its own

/**
 * @param {HTMLElement} rows
 * @param {{ onLong: (id: number) => void, onSwipe: (id: number) => void }} options
 */
export function mountGestures(rows, { onLong, onSwipe }) {
  /** @type {{ id: number, node: HTMLElement, left: number, top: number, dx: number } | null} */
  let touch = null;
  let timer = 0;
  let taken = false; // by the menu: the finger's click is not meant for what lies below

  rows.addEventListener("pointerdown", (event) => {
    const { target, pointerType, clientX: left, clientY: top, isPrimary } = event;
    end();
    taken = false;
    if (pointerType !== "touch" || !isPrimary || !(target instanceof Element)) return;
    const [node, id] = [target.closest(".message"), idOf(target)];
    if (!(node instanceof HTMLElement) || id === null || target.closest(OWN) !== null) return;
    touch = { id, node, left, top, dx: 0 };
    timer = window.setTimeout(() => {
      taken = true;
      end();
      onLong(id);
    }, LONG);
  });
  rows.addEventListener("pointermove", ({ clientX, clientY }) => {
    if (touch === null) return;
    const { node, left, top } = touch;
    const dx = clientX - left;
    if (Math.hypot(dx, clientY - top) > STILL) clearTimeout(timer);
    if (Math.abs(clientY - top) > Math.max(STILL, Math.abs(dx)) && touch.dx === 0) {
      end(); // it scrolls
      return;
    }
    touch.dx = dx > STILL ? Math.min(dx, MOST) : 0;
    node.style.transform = touch.dx > 0 ? `translateX(${touch.dx}px)` : "";
    node.classList.toggle("message--swiped", touch.dx >= FAR);
  });
  rows.addEventListener("pointerup", () => {
    const [id, far] = [touch?.id ?? 0, touch !== null && touch.dx >= FAR];
    end();
    if (far) onSwipe(id);
  });
  rows.addEventListener("pointercancel", end);
  rows.addEventListener("touchend", (event) => {
    if (taken) event.preventDefault();
  });
  rows.addEventListener("contextmenu", (event) => {
    if (taken || touch !== null) event.preventDefault();
  });

  function end() {
    clearTimeout(timer);
    if (touch === null) return;
    touch.node.style.transform = "";
    touch.node.classList.remove("message--swiped");
    touch = null;
  }
}
