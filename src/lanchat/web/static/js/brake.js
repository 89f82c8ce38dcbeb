// While nothing may be sent, the composer counts down.

const NOTICEABLE = 1_000; // milliseconds; a shorter pause needs no words

/**
 * `show` is called as time goes by; `line` says it.
 * @param {HTMLElement} line
 * @param {() => void} show
 */
export function makeBrake(line, show) {
  let until = 0;
  let reason = "";
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  /**
   * Send nothing for so many milliseconds: count down, and keep what is written meanwhile. With 0
   * it goes on at once.
   * @param {number} milliseconds
   */
  function pause(milliseconds, why = "client.too_fast") {
    if (milliseconds > 0 && milliseconds < NOTICEABLE) return;
    reason = why;
    until = milliseconds > 0 ? Math.max(until, performance.now() + milliseconds) : 0;
    show();
    countDown();
  }

  function left() {
    return Math.max(0, until - performance.now());
  }

  function countDown() {
    clearTimeout(timer);
    timer = setTimeout(
      () => {
        // A screen reader says it once, not every second.
        line.setAttribute("aria-live", left() > 0 ? "off" : "polite");
        if (left() > 0) countDown();
        show();
      },
      left() % 1_000 || 1_000,
    );
  }

  return { pause, left, why: () => reason };
}
