// Which frame answers which, pure.

const ENGINE_PING = 2;
export const ENGINE_PONG = 3;
export const SOCKET_ACK = 3;
export const CLOSE = 8;
const PING = 9;
const PONG = 10;

/**
 * What a frame answers: the last one from the other side that wants such an answer and has none.
 * @param {readonly Inspect.Entry[]} entries
 * @param {Inspect.Frame} frame
 * @returns {Inspect.Frame | undefined}
 */
export function questionOf(entries, frame) {
  const asks = asked(frame);
  if (asks === null) return undefined;
  for (let place = entries.length - 1; place >= 0; place -= 1) {
    const entry = entries[place];
    if (entry.kind !== "frame" || entry.connection !== frame.connection) continue;
    if (entry.from !== frame.from && entry.answered === null && asks(entry)) return entry;
  }
  return undefined;
}

/**
 * Which frames a frame can be the answer to.
 * @param {Inspect.Frame} frame
 * @returns {((entry: Inspect.Frame) => boolean) | null}
 */
function asked({ head, packet }) {
  if (head.opcode === CLOSE) return (entry) => entry.head.opcode === CLOSE;
  if (head.opcode === PONG) return (entry) => entry.head.opcode === PING;
  if (packet?.engine === ENGINE_PONG) return (entry) => entry.packet?.engine === ENGINE_PING;
  if (packet?.socket !== SOCKET_ACK || packet.ack === null) return null;
  return ({ packet: its }) => its?.ack === packet.ack && its.socket !== SOCKET_ACK;
}

/**
 * The last event of a page that wanted an acknowledgement with this id.
 * @param {readonly Inspect.Entry[]} entries
 * @param {number} connection
 * @param {number} ack
 * @returns {Inspect.Frame | undefined}
 */
export function eventOf(entries, connection, ack) {
  for (let place = entries.length - 1; place >= 0; place -= 1) {
    const entry = entries[place];
    if (entry.kind !== "frame" || entry.connection !== connection) continue;
    if (entry.from !== "browser" || entry.packet?.socket === SOCKET_ACK) continue;
    if (entry.packet?.ack === ack) return entry;
  }
  return undefined;
}
