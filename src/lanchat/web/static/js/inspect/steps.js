// One's own message on its way to all, pure: its steps, and how many dots stand for how many.

export const SHOWN = 10; // messages to choose from
const DOTS = 240;
const STEPS = /** @type {const} */ (["received", "checked", "committed", "told", "taken"]);

/**
 * The last messages, the newest first.
 * @param {readonly Inspect.Fan[]} fans
 */
export function lastFans(fans) {
  return fans.slice(-SHOWN).reverse();
}

/**
 * What was done between the times that are known, each step with its beginning and end in seconds
 * from the first.
 * @param {Inspect.Fan} fan
 */
export function stepsOf(fan) {
  const known = STEPS.filter((name) => fan[name] !== null);
  const first = Number(fan[known[0]]);
  let end = 0;
  const steps = known.slice(1).map((name) => {
    const from = end;
    end = Math.max(from, Number(fan[name]) - first); // what is done at the same time ends later
    return { name, from, to: end };
  });
  return { from: first, since: known[0], total: end, steps };
}

/**
 * A dot for each connection, or for some together where there are too many; `waiting` ones are at
 * the end.
 * @param {Pick<Inspect.Fan, "connections" | "waiting">} fan
 */
export function dotsOf({ connections, waiting }) {
  const each = Math.max(1, Math.ceil(connections / DOTS));
  const count = Math.ceil(connections / each);
  return { each, count, waiting: Math.min(count, Math.ceil(waiting / each)) };
}
