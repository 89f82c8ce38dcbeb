// What the page itself knows of its connection: which of those that are looked at it is, how long
// acknowledgements take by the page's clock, and with which code it ended.

const EVENT = /^2(\d+)\[/;
const ACK = /^3(\d+)\[/;

/**
 * Calls `onLine` with what there is to say of a connection of Engine.IO that is open.
 * @param {Engine} engine
 * @param {(line: Inspect.Line.Own | Inspect.Line.Trip | Inspect.Line.Ended) => void} onLine
 */
export function watchTrips(engine, onLine) {
  const { id: sid } = engine;
  /** @type {Map<number, number>} */
  const asked = new Map();
  onLine({ kind: "own", sid });
  engine.on("close", (_, details) => {
    const event = details?.context;
    if (event instanceof CloseEvent) onLine({ kind: "ended", sid, code: event.code });
  });
  engine.on("packetCreate", (packet) => {
    const ack = idOf(packet, EVENT);
    if (ack !== null) asked.set(ack, performance.now());
  });
  engine.on("packet", (packet) => {
    const ack = idOf(packet, ACK);
    const began = ack === null ? undefined : asked.get(ack);
    if (ack === null || began === undefined) return;
    asked.delete(ack);
    onLine({ kind: "trip", sid, ack, seconds: (performance.now() - began) / 1_000 });
  });
}

/**
 * The id of an acknowledgement in a packet of Socket.IO within one of Engine.IO.
 * @param {{ type: string, data?: unknown }} packet
 * @param {RegExp} pattern
 */
function idOf({ type, data }, pattern) {
  if (type !== "message" || typeof data !== "string") return null;
  const found = pattern.exec(data);
  return found === null ? null : Number(found[1]);
}
