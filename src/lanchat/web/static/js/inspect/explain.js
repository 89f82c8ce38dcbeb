// What the things on a wire are, pure: which layer they belong to, what is said of them, and where
// their rules stand.

const TEXT = 1;
export const OPCODES = /** @type {Readonly<Record<number, string>>} */ ({
  0: "continuation",
  [TEXT]: "text",
  2: "binary",
  8: "close",
  9: "ping",
  10: "pong",
});
const SECTIONS = /** @type {Readonly<Record<string, string>>} */ ({
  continuation: "5.4",
  close: "5.5.1",
  ping: "5.5.2",
  pong: "5.5.3",
  reserved: "5.2",
});
const ENGINE = ["open", "close", "ping", "pong", "message", "upgrade", "noop"];
const SOCKET = [
  ...["connect", "disconnect", "event", "ack"],
  ...["connect_error", "binary_event", "binary_ack"],
];

/** Of these events of lanchat it is also said what they are for. */
export const KNOWN_EVENTS = new Set([
  ...["new_host", "new_message", "add_chat_message", "host_join_room", "host_leave_room"],
  ...["hosts_changed", "typing", "history", "react", "reactions_changed", "message_changed"],
  ...["send_now", "server_stop"],
]);

/** @type {(section: string) => Inspect.Source} */
export const rfc6455 = (section) => ({
  text: `RFC 6455, ${section}`,
  href: `https://www.rfc-editor.org/rfc/rfc6455#section-${section}`,
});
/** @type {(section: string) => Inspect.Source} */
const rfc9293 = (section) => ({
  text: `RFC 9293, ${section}`,
  href: `https://www.rfc-editor.org/rfc/rfc9293#section-${section}`,
});
const ENGINE_IO = {
  text: "Engine.IO 4",
  href: "https://socket.io/docs/v4/engine-io-protocol/",
};
const SOCKET_IO = {
  text: "Socket.IO 5",
  href: "https://socket.io/docs/v4/socket-io-protocol/",
};

/**
 * The rows that a ladder has for an entry, from the top on.
 * @param {Inspect.Entry} entry
 * @returns {Inspect.Row[]}
 */
export function rowsOf(entry) {
  const id = String(entry.key);
  switch (entry.kind) {
    case "handshake":
      return [
        {
          ...{ id, entry, from: "browser", digits: "", size: null },
          name: entry.request[0].replace(/ HTTP\/[\d.]+$/, ""),
          meaning: { layer: "H", key: "request", params: {}, source: rfc6455("4.1") },
        },
        {
          ...{ id: `${id}a`, entry, from: "server", digits: "", size: null },
          name: entry.answer[0]?.replace(/^HTTP\/[\d.]+ /, "") ?? "",
          meaning: { layer: "H", key: "answer", params: {}, source: rfc6455("4.2.2") },
        },
      ];
    case "frame":
      return [rowOfFrame(id, entry)];
    case "connection":
      return [
        {
          ...{ id, entry, from: null, digits: "", size: null, name: nameOf(entry) },
          meaning: connectionMeaning(entry),
        },
      ];
    default:
      return [
        {
          ...{ id, entry, from: null, digits: "", size: null, name: String(entry.entries) },
          meaning: { layer: "T", key: "lost", params: {}, source: null },
        },
      ];
  }
}

/** @param {Inspect.Opened | Inspect.Closed} entry */
function nameOf(entry) {
  if (entry.state === "closed") return entry.code === null ? "" : String(entry.code);
  const ends = [entry.browser, entry.server].map(([host, port]) => endName(host, port));
  return ends.join(" ↔ ");
}

/**
 * @param {string} host
 * @param {number} port
 */
function endName(host, port) {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/**
 * @param {Inspect.Opened | Inspect.Closed} entry
 * @returns {Inspect.Meaning}
 */
function connectionMeaning(entry) {
  const layer = "T";
  if (entry.state === "closed") {
    const closed = entry.code === null ? "bare" : "closed"; // 1005 and 1006 are never sent
    const key = entry.by === null ? "broken" : closed;
    return { layer, key, params: { code: entry.code ?? "" }, source: rfc6455("7.1") };
  }
  const key = entry.opening ? "opened" : "before";
  return { layer, key, params: {}, source: rfc9293("3.5") };
}

/**
 * @param {string} id
 * @param {Inspect.Frame} entry
 * @returns {Inspect.Row}
 */
function rowOfFrame(id, entry) {
  const { packet, from, size, head } = entry;
  const row = { id, entry, from, size };
  if (packet === undefined || head.opcode !== TEXT) {
    const name = OPCODES[head.opcode] ?? `opcode ${head.opcode}`;
    const code = entry.close ? ` ${entry.close.code}` : "";
    return { ...row, digits: "", name: name + code, meaning: meaningOf(entry) };
  }
  const { engine, socket, ack, event } = packet;
  const digits = [engine, socket, ack].map((digit) => digit ?? "").join("");
  const name = socket === null ? ENGINE[engine] : (event ?? SOCKET[socket]);
  return { ...row, digits, name: name ?? "", meaning: meaningOf(entry) };
}

/**
 * What a frame is, as far up as it can be read.
 * @param {Inspect.Frame} frame
 * @returns {Inspect.Meaning}
 */
export function meaningOf({ packet, head, from, close }) {
  if (packet === undefined || head.opcode !== TEXT) {
    const key = OPCODES[head.opcode] ?? "reserved";
    const section = SECTIONS[key] ?? "5.6";
    const params = { code: close?.code ?? "" };
    return { layer: "W", key: `ws_${key}`, params, source: rfc6455(section) };
  }
  return packetMeaning(packet, from);
}

/**
 * What a packet of Engine.IO is, or that of Socket.IO in it.
 * @param {NonNullable<Inspect.Frame["packet"]>} packet
 * @param {Inspect.Side} from
 * @returns {Inspect.Meaning}
 */
export function packetMeaning({ engine, socket, ack, event }, from) {
  if (socket === null) {
    const key = `eio_${ENGINE[engine] ?? "message"}`;
    return { layer: "E", key, params: {}, source: ENGINE_IO };
  }
  const params = { id: ack ?? "", event: event ?? "" };
  return { layer: "S", key: `sio_${packetKey(socket, ack, from)}`, params, source: SOCKET_IO };
}

/**
 * @param {number} socket
 * @param {number | null} ack
 * @param {Inspect.Side} from
 */
function packetKey(socket, ack, from) {
  const name = SOCKET[socket] ?? "event";
  if (name === "connect") return from === "browser" ? "connect" : "connected";
  if (name === "event") return ack === null ? "event" : "asking";
  return name;
}
