// How fast to send: the server takes `rate` messages a second, and as many at once as four
// seconds make. Whoever keeps to that is never refused, however long the queue is, unless the
// same person's other tabs send, too: then this one slows down.

const WINDOW = 4_000; // milliseconds

/**
 * Times are in milliseconds of any clock that only goes forward; a `rate` of 0 is no limit.
 * @param {number} rate
 */
export function makePace(rate) {
  const burst = rate > 0 ? (rate * WINDOW) / 1_000 : Infinity;
  /** @type {number[]} */
  let times = []; // of what was sent within the last window
  let closedUntil = -Infinity;
  let gap = 0; // between two messages, after a refusal
  /** @type {(() => void) | null} */
  let wake = null;

  /**
   * How long to wait before the next message may go: 0 is not at all.
   * @param {number} now
   */
  function pause(now) {
    times = times.filter((time) => now - time < WINDOW);
    if (times.length === 0 && now - closedUntil > WINDOW) gap = 0;
    const oldest = times.length >= burst ? times[times.length - burst] : undefined;
    const full = (oldest ?? -Infinity) + WINDOW;
    const next = (times[times.length - 1] ?? -Infinity) + gap;
    return Math.max(0, closedUntil - now, full - now, next - now);
  }

  /** @param {number} now */
  function sent(now) {
    times.push(now);
  }

  /**
   * The server refused what was sent last: it says after how many seconds to go on.
   * @param {number} now
   * @param {number} seconds
   */
  function refused(now, seconds) {
    times.pop();
    closedUntil = now + seconds * 1_000;
    gap = Math.max(2 * gap, rate > 0 ? 1_000 / rate : 0);
  }

  /**
   * Promises that so many milliseconds are over, or that one need not wait for it any more.
   * @param {number} milliseconds
   * @returns {Promise<void>}
   */
  function over(milliseconds) {
    return new Promise((done) => {
      wake = done;
      setTimeout(done, milliseconds);
    });
  }

  /** What it was refused for holds no longer. */
  function reopen() {
    closedUntil = -Infinity;
    gap = 0;
    wake?.();
  }

  return { pause, sent, refused, over, reopen };
}
