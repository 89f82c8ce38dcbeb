// The connections of a record, pure. They are numbered from 1 on and stand in this order.

import { lastOf } from "../dom.js";

export const LINKS = 600;
export const TRIPS = 300;
const FIGURES = 20; // connections
const CANDIDATES = 50;

const COMES_AGAIN = 300; // seconds; who comes later is somebody new
const LOADED_AGAIN = 10; // the same, where the page was left
const GOING_AWAY = 1001;

const NO_COUNTS = { bytes: 0, payload: 0, frames: 0 };
const NO_END = /** @type {const} */ (["", 0]);

/** @typedef {(connection: Inspect.Connection) => Inspect.Connection} Change */

/**
 * The record with one connection changed.
 * @param {Inspect.Record} record
 * @param {number} number
 * @param {Change} change
 * @returns {Inspect.Record}
 */
export function changed(record, number, change) {
  const connections = [...record.connections];
  connections[number - 1] = change(connections[number - 1]);
  return { ...record, connections };
}

/**
 * The connections with this one, and its number. Of one whose first line is lost nothing is known.
 * @param {readonly Inspect.Connection[]} connections
 * @param {Partial<Pick<Inspect.Line.Opened, "opening" | "browser" | "server" | "encrypted">>} line
 * @param {number} at
 * @returns {[readonly Inspect.Connection[], number]}
 */
export function opened(connections, line, at) {
  const { opening = false, browser = NO_END, server = NO_END, encrypted = false } = line;
  const seen = opening ? undefined : seenBefore(connections, browser, server);
  if (seen !== undefined) {
    const known = [...connections];
    known[seen.number - 1] = { ...seen, state: "open", before: lastOf(seen.links) ?? seen.before };
    return [known, seen.number];
  }
  const number = connections.length + 1;
  const connection = /** @type {Inspect.Connection} */ ({
    ...{ number, own: false, state: "open", opening, browser, server, encrypted },
    ...{ opened: at, sid: null, handshake: null, closing: null, closed: null, told: null },
    follows: followed(connections, at, opening),
    ...{ links: [], pongs: [], trips: [] },
    before: { sends: 0, sent: NO_COUNTS, received: NO_COUNTS },
  });
  return [lightened([...connections, connection]), number];
}

/**
 * A look has ended: whether it is still open is not known from now on.
 * @type {Change}
 */
export function unseen(connection) {
  return connection.state === "open" ? { ...connection, state: "unseen" } : connection;
}

/**
 * The look goes on, and would have told of an end.
 * @type {Change}
 */
export function seenAgain(connection) {
  const { state, closed: end } = connection;
  return state === "unseen" && end === null ? { ...connection, state: "open" } : connection;
}

/**
 * @param {Inspect.Handshake} handshake
 * @returns {Change}
 */
export function handshaken(handshake) {
  return (connection) => ({ ...connection, handshake });
}

/**
 * @param {Inspect.Frame} frame
 * @returns {Change}
 */
export function closing({ from, close }) {
  const { code = null, reason = "" } = close ?? {};
  return (one) => (one.closing ? one : { ...one, closing: { from, code, reason } });
}

/**
 * @param {Inspect.Closed} entry
 * @returns {Change}
 */
export function closed({ at, by, code }) {
  return (one) => ({ ...one, state: "closed", closed: { at, by, code } });
}

/**
 * @param {Inspect.Line.Link} line
 * @param {number} at
 * @returns {Change}
 */
export function linked(line, at) {
  return (one) => {
    const { sends, sent, received } = one.before;
    const moment = {
      at,
      pong_seconds: line.pong_seconds,
      sends: line.sends + sends,
      sent: sum(line.sent, sent),
      received: sum(line.received, received),
      tcp: line.tcp,
    };
    return { ...one, links: [...one.links.slice(1 - LINKS), moment] };
  };
}

/**
 * @param {Inspect.Trip} trip
 * @returns {Change}
 */
export function ponged(trip) {
  return (one) => ({ ...one, pongs: [...one.pongs.slice(1 - TRIPS), trip] });
}

/**
 * A page's event, and how long it waited for the answer; between the two the server was at work.
 * @param {Inspect.Line.Trip} trip
 * @param {Inspect.Entry} event
 * @param {Inspect.Entry} answer
 * @returns {Change}
 */
export function ranTo({ seconds }, event, answer) {
  const trip = { at: answer.at, seconds, server: Math.min(seconds, answer.at - event.at) };
  return (one) => ({ ...one, trips: [...one.trips.slice(1 - TRIPS), trip] });
}

/**
 * The connections, when those with these ids are the page's own: each of these follows the one
 * before it, and none of another tab does.
 * @param {readonly Inspect.Connection[]} connections
 * @param {readonly string[]} sids
 * @returns {readonly Inspect.Connection[]}
 */
export function owned(connections, sids) {
  const isOwn = (/** @type {Inspect.Connection} */ { own, sid }) =>
    own || (sid !== null && sids.includes(sid));
  if (connections.every((one) => one.own === isOwn(one))) return connections;
  /** @type {Inspect.Connection[]} */
  const own = [];
  /** @type {Inspect.Connection[]} */
  const others = [];
  return connections.map((one) => {
    const [before, follows] = isOwn(one)
      ? [own, lastOf(own)?.number ?? null]
      : [others, followed(others, one.opened, one.opening)];
    const next = { ...one, own: before === own, follows };
    before.push(next);
    return next;
  });
}

/**
 * The one that was open when it was looked at last: its ends are the same. Behind a Unix socket
 * there is nothing to know it by.
 * @param {readonly Inspect.Connection[]} connections
 * @param {Inspect.End} browser
 * @param {Inspect.End} server
 */
function seenBefore(connections, browser, server) {
  return connections.find(
    (one) =>
      one.state === "unseen" &&
      browser[1] > 0 &&
      isSame(one.browser, browser) &&
      isSame(one.server, server),
  );
}

/**
 * The number of the connection after which this one came: of those that nothing has followed yet
 * the one that ended first. One that was open when a look began may go on for one that was open
 * when the look before it ended.
 * @param {readonly Inspect.Connection[]} connections
 * @param {number} at
 * @param {boolean} opening
 */
function followed(connections, at, opening) {
  const candidates = connections.slice(-CANDIDATES);
  const done = new Set(candidates.map(({ follows }) => follows));
  const left = candidates.filter((one) => {
    const end = endOf(one);
    if (end === null || end > at || done.has(one.number)) return false;
    if (!opening && one.state !== "unseen") return false;
    const isLeft = one.closed?.by === "browser" && one.closed.code === GOING_AWAY;
    return at - end <= (isLeft ? LOADED_AGAIN : COMES_AGAIN);
  });
  left.sort((a, b) => Number(endOf(a)) - Number(endOf(b)));
  return left[0]?.number ?? null;
}

/**
 * When it ended, or was last seen; null while it is open.
 * @param {Inspect.Connection} connection
 */
export function endOf({ state, closed: end, links, opened: first }) {
  if (state === "open") return null;
  return end?.at ?? lastOf(links)?.at ?? first;
}

/**
 * Of those that ended long ago only what happened is kept, no figures.
 * @param {Inspect.Connection[]} connections
 */
function lightened(connections) {
  return connections.map((one, place) => {
    const isLate = place >= connections.length - FIGURES || one.state === "open";
    if (isLate || one.links.length + one.pongs.length + one.trips.length === 0) return one;
    const end = one.closed ?? { at: endOf(one) ?? one.opened, by: null, code: null };
    return { ...one, links: [], pongs: [], trips: [], handshake: null, closed: end };
  });
}

/**
 * @param {Inspect.End} a
 * @param {Inspect.End} b
 */
function isSame(a, b) {
  return a[0] === b[0] && a[1] === b[1];
}

/**
 * @param {Inspect.Counts} a
 * @param {Inspect.Counts} b
 */
function sum(a, b) {
  return { bytes: a.bytes + b.bytes, payload: a.payload + b.payload, frames: a.frames + b.frames };
}
