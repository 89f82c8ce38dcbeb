// Keeping the screen on: for a page on a projector, and for who wants to read along. Browsers allow
// it only where the page came encrypted, and let go of it whenever the page is hidden.

import { setText } from "./dom.js";
import { keptAwake } from "./page.js";

/** Whether this browser would keep the screen on for this page. */
export function canKeepAwake() {
  return window.isSecureContext && "wakeLock" in navigator;
}

/** A function that says whether the screen shall stay on from now on, as long as the page is seen. */
export function makeAwake() {
  let wanted = false;
  /** @type {WakeLockSentinel | null} */
  let lock = null;

  async function hold() {
    if (!wanted || !canKeepAwake() || document.hidden || (lock !== null && !lock.released)) return;
    try {
      take(await navigator.wakeLock.request());
    } catch {
      // The battery is low, or the page was hidden meanwhile: it is asked for again when it is seen.
    }
  }

  /** @param {WakeLockSentinel} taken */
  function take(taken) {
    if (wanted && (lock === null || lock.released)) lock = taken;
    else taken.release(); // meanwhile it is not wanted, or there is one
  }

  document.addEventListener("visibilitychange", hold);
  return (/** @type {boolean} */ on) => {
    wanted = on;
    if (on) hold();
    else lock?.release();
  };
}

/**
 * The switch for it.
 * @param {{ button: HTMLElement, why: HTMLElement }} elements
 * @param {{ words: Words }} options
 */
export function mountAwakeSwitch({ button, why }, { words }) {
  const keepAwake = makeAwake();
  const can = canKeepAwake();
  const show = (/** @type {boolean} */ on) => {
    button.setAttribute("aria-checked", String(on));
    keepAwake(on);
  };
  show(can && keptAwake.load() === "on");
  button.setAttribute("aria-disabled", String(!can));
  if (!can) setText(why, words.t("client.awake_insecure"));
  button.addEventListener("click", () => {
    if (!can) return;
    const on = button.getAttribute("aria-checked") !== "true";
    show(on);
    keptAwake.save(on ? "on" : "");
  });
}
