// Of several tabs of one browser, one speaks. Each that hears of something says so to the others,
// waits a moment, and speaks if it has the smallest number of all that did.

const MOMENT = 150; // milliseconds; a tab in the background may wait up to a second
const REMEMBERED = 100;

/**
 * The tabs' way to each other: what one stores the others are told of. Where nothing can be stored
 * each speaks for itself. (A BroadcastChannel would do the same, and is younger.)
 * @returns {Channel}
 */
export function openChannel(name = "lanchat.turns") {
  return {
    post(heard) {
      try {
        localStorage.setItem(name, JSON.stringify(heard));
      } catch {
        // Full or forbidden.
      }
    },
    listen(hear) {
      window.addEventListener("storage", ({ key, newValue }) => {
        if (key === name && newValue !== null) hear(JSON.parse(newValue));
      });
    },
  };
}

/**
 * `take(id)` says whether this tab is the one to speak about the thing with this id; `pass(id)` that
 * nobody has to, since it is being read.
 * @param {Channel} channel
 */
export function makeTurns(channel, self = Math.random()) {
  /** @type {Map<number, number>} */
  const smallest = new Map(); // id → the smallest number that was heard; -1 where it is settled

  channel.listen(note);

  /** @param {Heard} heard */
  function note({ id, tab }) {
    smallest.set(id, Math.min(tab, smallest.get(id) ?? tab));
    if (smallest.size > REMEMBERED) smallest.delete(smallest.keys().next().value ?? id);
  }

  /** @param {Heard} heard */
  function say(heard) {
    note(heard);
    channel.post(heard);
  }

  return {
    /** @param {number} id */
    async take(id) {
      if (smallest.get(id) === -1) return false;
      say({ id, tab: self });
      await new Promise((done) => setTimeout(done, MOMENT));
      if (smallest.get(id) !== self) return false;
      say({ id, tab: -1 });
      return true;
    },

    /** @param {number} id */
    pass(id) {
      say({ id, tab: -1 });
    },
  };
}
