// How connections ended and came again, pure: what there is to say of it, as keys of texts.

import { lastOf } from "../dom.js";
import { endOf } from "./connections.js";

/** The codes that have words of their own (RFC 6455, 7.4.1, and the registry that it founded). */
const CODES = new Set([
  1000, 1001, 1002, 1003, 1006, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014,
]);
const NO_CODE = 1005;
const OWN_FROM = 3_000; // codes of libraries and applications

/**
 * Which text says what a close frame's code means.
 * @param {number | null} code
 */
export function codeKey(code) {
  if (code === null || code === NO_CODE) return "none";
  if (CODES.has(code)) return String(code);
  return code >= OWN_FROM ? "own" : "unknown";
}

/**
 * What is known of a connection's end: `by` is who sent the first close frame, or "nobody" where
 * it broke, or "unseen".
 * @param {Inspect.Connection} connection
 */
export function endingOf(connection) {
  const { state, closed, closing } = connection;
  const at = endOf(connection);
  if (at === null) return null;
  if (state === "unseen" || closed === null) return { at, by: "unseen", code: null, reason: "" };
  if (closed.by === null) return { at, by: "nobody", code: null, reason: "" };
  return { at, by: closed.by, code: closed.code, reason: closing?.reason ?? "" };
}

/**
 * The connections with their ends and how long it was until they came, the newest first.
 * @param {Inspect.Record} record
 * @param {number} most
 */
export function endings({ connections, numbers }, most) {
  const looked = new Set(Object.values(numbers)); // the look at these has not ended for good
  return [...connections.slice(-most)].reverse().map((connection) => {
    const before = connection.follows === null ? undefined : connections[connection.follows - 1];
    const left = before === undefined ? null : endOf(before);
    const away = left === null ? null : Math.max(0, connection.opened - left);
    const ending = endingOf(connection);
    const isUnknown = ending?.by === "unseen" && looked.has(connection.number);
    return { connection, ending: isUnknown ? { ...ending, by: "unknown" } : ending, away };
  });
}

/**
 * The connections of each tab, as far as can be told: each follows the one before it.
 * @param {readonly Inspect.Connection[]} connections
 */
export function chainsOf(connections) {
  /** @type {Map<number, Inspect.Connection[]>} */
  const chains = new Map();
  for (const connection of connections) {
    const before = connection.follows === null ? undefined : chains.get(connection.follows);
    const chain = before ?? [];
    chain.push(connection);
    chains.set(connection.number, chain);
  }
  return [...new Set(chains.values())];
}

/**
 * The chain that is most worth looking at: the page's own, one that is open, the newest.
 * @param {readonly Inspect.Connection[][]} chains
 */
export function bestOf(chains) {
  const worth = (/** @type {Inspect.Connection[]} */ chain) => {
    const last = lastOf(chain);
    return (last?.own ? 2 : 0) + (last?.state === "open" ? 1 : 0);
  };
  return chains.reduce(
    (/** @type {Inspect.Connection[] | undefined} */ best, chain) =>
      best === undefined || worth(chain) >= worth(best) ? chain : best,
    undefined,
  );
}
