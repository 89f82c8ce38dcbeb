// How far files on their way are: a bar at each, and below their message how much is there and how
// long it takes yet. Drawn some times a second, beside the state.

import { setText } from "../dom.js";

const EACH = 250; // milliseconds
const OVER = 4_000; // milliseconds whose speed counts

/**
 * @param {HTMLElement} rows
 * @param {{ words: Words, getState: () => State }} options
 */
export function makeProgress(rows, { words, getState }) {
  /** @type {Map<string, number>} */
  const sent = new Map(); // bytes, by the key of a file
  const speed = makeSpeed();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  /**
   * @param {string} key
   * @param {number} bytes
   */
  function moved(key, bytes) {
    speed.moved(bytes - (sent.get(key) ?? 0), performance.now());
    sent.set(key, bytes);
    timer ??= setTimeout(() => {
      timer = undefined;
      update(getState());
    }, EACH);
  }

  /** @param {DraftFile} file */
  function sentOf({ key, size, whole }) {
    return whole ? size : Math.min(size, sent.get(key) ?? 0);
  }

  /** @type {Part["update"]} */
  function update(state) {
    for (const { client_id, files = [] } of state.outbox) {
      if (files.length === 0) continue;
      for (const file of files) {
        /** @type {HTMLElement | null} */
        const bar = rows.querySelector(`[data-key="${file.key}"]`);
        bar?.style.setProperty("--sent", String(file.size > 0 ? sentOf(file) / file.size : 1));
      }
      const text = rows.querySelector(`[data-sending="${client_id}"] .sending__text`);
      if (text !== null) setText(text, textOf(state, files));
    }
  }

  /**
   * @param {State} state
   * @param {readonly DraftFile[]} files
   */
  function textOf({ link }, files) {
    if (link !== "online") return words.t("client.pending");
    const total = files.reduce((sum, { size }) => sum + size, 0);
    const done = files.reduce((sum, file) => sum + sentOf(file), 0);
    if (done === total) return words.t("client.sending");
    const share = words.t("client.files.share", {
      done: words.size(done),
      total: words.size(total),
    });
    const seconds = speed.secondsFor(total - done, performance.now());
    return seconds === null ? share : `${share} · ${leftOf(seconds)}`;
  }

  /** @param {number} seconds */
  function leftOf(seconds) {
    if (seconds < 90) return words.count("client.files.seconds", Math.max(1, Math.round(seconds)));
    return words.count("client.files.minutes", Math.round(seconds / 60));
  }

  return { moved, update, forget: (/** @type {string} */ key) => sent.delete(key) };
}

/** How fast it goes, pure, by what was sent in the last seconds. */
export function makeSpeed() {
  /** @type {{ bytes: number, at: number }[]} */
  let steps = [];

  return {
    /**
     * @param {number} bytes fewer than none where some have to be sent again
     * @param {number} now milliseconds
     */
    moved(bytes, now) {
      steps = [
        ...steps.filter(({ at }) => now - at < OVER),
        { bytes: Math.max(0, bytes), at: now },
      ];
    },

    /**
     * How long so many bytes take; null where that cannot be told yet.
     * @param {number} bytes
     * @param {number} now
     */
    secondsFor(bytes, now) {
      const recent = steps.filter(({ at }) => now - at < OVER);
      const first = recent[0]?.at ?? now;
      const rest = recent.slice(1); // what came before the first moment took nobody knows how long
      const moved = rest.reduce((sum, step) => sum + step.bytes, 0);
      return moved > 0 && now - first > 500 ? (bytes * (now - first)) / moved / 1_000 : null;
    },
  };
}
