// Of several tabs of one browser, one speaks. Each that hears of something says so to the others,
// waits a moment, and speaks if it has the smallest number of all that did.

const MOMENT = 150; // milliseconds; a tab in the background may wait up to a second
const REMEMBERED = 100;

/**
 * The tabs' way to speak to each other; null where there is none (Safari before 15.4), and each
 * speaks for itself.
 */
export function openChannel() {
  return "BroadcastChannel" in window ? new BroadcastChannel("lanchat.turns") : null;
}

/**
 * `take(id)` says whether this tab is the one to speak about the thing with this id; `pass(id)` that
 * nobody has to, since it is being read.
 * @param {BroadcastChannel | null} channel
 */
export function makeTurns(channel, self = Math.random()) {
  /** @type {Map<number, number>} */
  const smallest = new Map(); // id → the smallest number that was heard; -1 where it is settled

  channel?.addEventListener("message", ({ data: { id, tab } }) => note(id, tab));

  /**
   * @param {number} id
   * @param {number} tab
   */
  function note(id, tab) {
    smallest.set(id, Math.min(tab, smallest.get(id) ?? tab));
    if (smallest.size > REMEMBERED) smallest.delete(smallest.keys().next().value ?? id);
  }

  /**
   * @param {number} id
   * @param {number} tab
   */
  function say(id, tab) {
    note(id, tab);
    channel?.postMessage({ id, tab });
  }

  return {
    /** @param {number} id */
    async take(id) {
      if (smallest.get(id) === -1) return false;
      say(id, self);
      await new Promise((done) => setTimeout(done, channel === null ? 0 : MOMENT));
      if (smallest.get(id) !== self) return false;
      say(id, -1);
      return true;
    },

    /** @param {number} id */
    pass(id) {
      say(id, -1);
    },
  };
}
