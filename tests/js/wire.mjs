// Lines of the stream of /inspect, for tests of what the page makes of them.

import { initial, reduce } from "#js/inspect/record.js";

const PACKET = /^([0-6])(?:([0-6])(\d+)?(?:\["(\w+)")?)?/;

/** @param {Inspect.Line[]} lines */
export function after(...lines) {
  return lines.reduce(reduce, initial());
}

/** @param {Partial<Inspect.Line.Hello>} [more] @returns {Inspect.Line.Hello} */
export function hello(more) {
  return {
    kind: "hello",
    began: 1_000,
    ring: 500,
    kept: 4_096,
    tcp: true,
    seconds: 1_800,
    ...more,
  };
}

/**
 * @param {number} connection
 * @param {Partial<Inspect.Line.Opened>} [more]
 * @returns {Inspect.Line.Opened}
 */
export function open(connection, more) {
  return {
    ...{ kind: "connection", state: "open", connection, at: 0, opening: false, encrypted: false },
    browser: ["192.168.1.30", 50_000 + connection],
    server: ["192.168.1.20", 8_765],
    ...more,
  };
}

/**
 * @param {number} connection
 * @param {Partial<Inspect.Line.Closed>} [more]
 * @returns {Inspect.Line.Closed}
 */
export function gone(connection, more) {
  return { kind: "connection", state: "closed", connection, at: 0, by: null, code: null, ...more };
}

/**
 * @param {Inspect.Side} from
 * @param {number} opcode
 * @param {Partial<Inspect.Line.Frame>} [more]
 * @returns {Inspect.Line.Frame}
 */
export function frame(from, opcode, more) {
  const masked = from === "browser";
  const head = { fin: true, rsv: 0, opcode, masked, length: 0, length_bits: 7, key: "" };
  return { kind: "frame", connection: 1, at: 0, from, size: 2, bytes: "", head, ...more };
}

/**
 * @param {Inspect.Side} from
 * @param {string} said
 * @param {Partial<Inspect.Line.Frame>} [more]
 */
export function text(from, said, more) {
  const [, engine, socket, id, event] = PACKET.exec(said) ?? [];
  const number = (/** @type {string | undefined} */ digits) => (digits ? Number(digits) : null);
  const packet = { engine: Number(engine), socket: number(socket), ack: number(id) };
  return frame(from, 1, { text: said, packet: { ...packet, event: event ?? null }, ...more });
}

/** @param {number} id @param {Partial<Inspect.Line.Frame>} [more] */
export function ack(id, more) {
  return text("server", `43${id}[{"ok":true}]`, more);
}

/** @param {Inspect.Side} from @param {number} code @param {Partial<Inspect.Line.Frame>} [more] */
export function close(from, code, more) {
  return frame(from, 8, { close: { code, reason: "" }, ...more });
}

/**
 * @param {number} message
 * @param {Partial<Inspect.Line.Fanout>} [more]
 * @returns {Inspect.Line.Fanout}
 */
export function fan(message, more) {
  return {
    ...{ kind: "fanout", message, received: 1, checked: 1.5, committed: 2, together: 1 },
    ...{ told: 3, connections: 30, taken: 4, joined: 1, waiting: 0, ...more },
  };
}

/**
 * @param {number} connection
 * @param {{ at?: number, sent?: number, received?: number, tcp?: Inspect.Tcp }} [more]
 * @returns {Inspect.Line.Link}
 */
export function link(connection, { at = 0, sent = 0, received = 0, ...more } = {}) {
  const counts = (/** @type {number} */ bytes) => ({ bytes, payload: bytes, frames: 1 });
  return {
    ...{ kind: "link", connection, at, pong_seconds: null, sends: 1, tcp: null },
    ...{ sent: counts(sent), received: counts(received), ...more },
  };
}

/** @param {Partial<Inspect.Tcp>} more @returns {Inspect.Tcp} */
export function tcp(more) {
  return {
    ...{ rto: 204_000, mss: 1_448, unacknowledged: 0, lost: 0, rtt: 3_900, rtt_variance: 700 },
    ...{ congestion_window: 10, retransmissions: 0, ...more },
  };
}
