// What has been seen of one's own connections, pure: a record grows by the lines of
// GET /inspect/stream, and by what the page itself knows of its own connection.
//
// A stream that comes again either goes on (the server kept its view, and says first what its ring
// has) or begins anew (nobody looked meanwhile, or the server was started): then times and the
// numbers of connections begin anew there, and go on here.

import { CLOSE, ENGINE_PONG, eventOf, questionOf, SOCKET_ACK } from "./answers.js";
import {
  changed,
  closed,
  closing,
  handshaken,
  linked,
  opened,
  owned,
  ponged,
  ranTo,
  seenAgain,
  unseen,
} from "./connections.js";
import { withFan } from "./fans.js";

export const ENTRIES = 500;
const WAITING = 20;

const ENGINE_OPEN = 0;

/** @returns {Inspect.Record} */
export function initial() {
  return {
    hello: null,
    began: 0,
    now: 0,
    entries: [],
    connections: [],
    fans: [],
    lost: 0,
    next: 1,
    view: 0,
    shift: 0,
    noted: 0,
    place: 0,
    numbers: {},
    own: [],
    waiting: [],
  };
}

/**
 * The record with one line more. Lines of a kind that it does not know change nothing.
 * @param {Inspect.Record} record
 * @param {Inspect.Line} line
 * @returns {Inspect.Record}
 */
export function reduce(record, line) {
  switch (line.kind) {
    case "hello":
      return greeted(record, line);
    case "link":
      return withLink(record, line);
    case "lost":
      return withLost(record, line);
    case "away":
      return { ...record, connections: record.connections.map(unseen) };
    case "ended":
      return withEnd(record, line);
    case "own":
      return withOwn(record, line.sid);
    case "trip":
      return withTrip(record, line);
    case "connection":
    case "handshake":
    case "frame":
    case "fanout":
      return noted(record, line);
    default:
      return record;
  }
}

/**
 * The entry with this key, if it is still there.
 * @param {Inspect.Record} record
 * @param {number | null} key
 * @returns {Inspect.Entry | undefined}
 */
export function entryOf({ entries }, key) {
  return key === null || entries.length === 0 ? undefined : entries[key - entries[0].key];
}

/**
 * @param {Inspect.Record} record
 * @param {Inspect.Line.Hello} hello
 * @returns {Inspect.Record}
 */
function greeted(record, hello) {
  if (record.hello === null) return { ...record, hello, began: hello.began, view: 1 };
  if (record.hello.began === hello.began) {
    const here = new Set(Object.values(record.numbers));
    const connections = record.connections.map((one) =>
      here.has(one.number) ? seenAgain(one) : one,
    );
    return { ...record, hello, place: 0, connections };
  }
  return {
    ...record,
    hello,
    // The server's clock may have been set back meanwhile; what comes later stands below.
    shift: Math.max(hello.began - record.began, record.now),
    view: record.view + 1,
    ...{ noted: 0, place: 0, numbers: {} },
    connections: record.connections.map(unseen),
  };
}

/**
 * @param {Inspect.Record} record
 * @param {Inspect.Line.Opened | Inspect.Line.Closed | Inspect.Line.Handshake
 *   | Inspect.Line.Frame | Inspect.Line.Fanout} line
 * @returns {Inspect.Record}
 */
function noted(record, line) {
  const place = record.place + 1;
  if (place <= record.noted) return { ...record, place };
  const next = { ...record, place, noted: place };
  if (line.kind === "fanout") return withFan(next, line);
  const at = line.at + record.shift;
  const [here, connection] = numbered(next, line, at);
  const known = { ...here, now: Math.max(record.now, at) };
  const kept = { key: record.next, at, connection };
  if (line.kind === "frame") return withFrame(known, { ...line, ...kept, ...NO_PAIR });
  if (line.kind === "handshake") {
    const entry = { ...line, ...kept };
    return withSid(withEntry(changed(known, connection, handshaken(entry)), entry), {
      connection,
      sid: /[?&]sid=([\w-]+)/.exec(line.request[0] ?? "")?.[1],
    });
  }
  const entry = { ...line, ...kept };
  if (entry.state === "open") return withEntry(known, entry);
  return withEntry(changed(known, connection, closed(entry)), entry);
}

const NO_PAIR = { answers: null, answered: null };

/**
 * The record with the connection that a line is of, and our number of it.
 * @param {Inspect.Record} record
 * @param {{ connection: number }
 *   & Partial<Pick<Inspect.Line.Opened, "opening" | "browser" | "server" | "encrypted">>} line
 * @param {number} at
 * @returns {[Inspect.Record, number]}
 */
function numbered(record, line, at) {
  const known = record.numbers[line.connection];
  if (known !== undefined) return [record, known];
  const [connections, number] = opened(record.connections, line, at);
  const numbers = { ...record.numbers, [line.connection]: number };
  return [{ ...record, connections, numbers }, number];
}

/**
 * @param {Inspect.Record} record
 * @param {Inspect.Frame} frame
 */
function withFrame(record, frame) {
  const { connection, packet, head } = frame;
  let next = record;
  if (head.opcode === CLOSE) next = changed(next, connection, closing(frame));
  if (packet?.engine === ENGINE_OPEN) {
    const sid = /"sid":"([^"]+)"/.exec(frame.text ?? "")?.[1];
    next = withSid(next, { connection, sid });
  }
  const question = questionOf(record.entries, frame);
  if (question === undefined) return withEntry(next, frame);
  const entries = [...next.entries];
  entries[question.key - entries[0].key] = { ...question, answered: frame.key };
  next = withEntry({ ...next, entries }, { ...frame, answers: question.key });
  if (packet?.engine === ENGINE_PONG && frame.from === "browser") {
    const trip = { at: frame.at, seconds: frame.at - question.at, server: null };
    return changed(next, connection, ponged(trip));
  }
  return packet?.socket === SOCKET_ACK ? withTripOf(next, question, frame) : next;
}

/**
 * @template {Inspect.Entry} Entry
 * @param {Inspect.Record} record
 * @param {Entry} entry
 * @returns {Inspect.Record}
 */
function withEntry(record, entry) {
  const { entries } = record;
  const kept = entries.length < ENTRIES ? entries : entries.slice(1 - ENTRIES);
  return { ...record, entries: [...kept, entry], next: entry.key + 1 };
}

/**
 * @param {Inspect.Record} record
 * @param {Inspect.Line.Link} line
 */
function withLink(record, line) {
  const at = line.at + record.shift;
  const [here, number] = numbered(record, line, at);
  return { ...changed(here, number, linked(line, at)), now: Math.max(record.now, at) };
}

/**
 * Where the stream came again, what it has no more may be known already.
 * @param {Inspect.Record} record
 * @param {Inspect.Line.Lost} line
 * @returns {Inspect.Record}
 */
function withLost(record, line) {
  const place = record.place + line.entries;
  const entries = place - record.noted;
  if (entries <= 0) return { ...record, place };
  const next = { ...record, place, noted: place, lost: record.lost + entries };
  const kept = { key: record.next, at: record.now, connection: null };
  return withEntry(next, { kind: "lost", entries, ...kept });
}

/**
 * @param {Inspect.Record} record
 * @param {string} sid
 */
function withOwn(record, sid) {
  const own = [...record.own.filter((one) => one !== sid), sid].slice(-WAITING);
  return { ...record, own, connections: owned(record.connections, own) };
}

/**
 * @param {Inspect.Record} record
 * @param {Inspect.Line.Ended} line
 */
function withEnd(record, { sid, code }) {
  const its = record.connections.find((one) => one.sid === sid);
  return its ? changed(record, its.number, (one) => ({ ...one, told: code })) : record;
}

/**
 * @param {Inspect.Record} record
 * @param {{ connection: number, sid: string | undefined }} found
 */
function withSid(record, { connection, sid }) {
  if (sid === undefined) return record;
  const { connections } = changed(record, connection, (one) => ({ ...one, sid }));
  return { ...record, connections: owned(connections, record.own) };
}

/**
 * The page tells sooner of an acknowledgement than the stream, or later.
 * @param {Inspect.Record} record
 * @param {Inspect.Line.Trip} trip
 */
function withTrip(record, trip) {
  const its = record.connections.find(({ sid }) => sid === trip.sid);
  const event = its && eventOf(record.entries, its.number, trip.ack);
  const answer = event && entryOf(record, event.answered);
  if (answer) return changed(record, its.number, ranTo(trip, event, answer));
  return { ...record, waiting: [...record.waiting, trip].slice(-WAITING) };
}

/**
 * @param {Inspect.Record} record
 * @param {Inspect.Frame} event
 * @param {Inspect.Frame} answer
 */
function withTripOf(record, event, answer) {
  if (record.waiting.length === 0) return record;
  const { number, sid } = record.connections[event.connection - 1];
  const ack = event.packet?.ack;
  const trip = record.waiting.find((one) => one.sid === sid && one.ack === ack);
  if (trip === undefined) return record;
  const waiting = record.waiting.filter((one) => one !== trip);
  return changed({ ...record, waiting }, number, ranTo(trip, event, answer));
}
