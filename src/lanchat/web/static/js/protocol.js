// The wire's words and the page's, pure: docs/protocol.md as this page speaks it. What the server
// says becomes an action of the state; what the page asks becomes an event of the wire.

/** By the wire's name: (payload, now) → action. */
export const ACTIONS = {
  server_stop: () => ({ type: "serverStopped" }),
  add_chat_message: (message) => ({ type: "messagePosted", message }),
  message_changed: (message) => ({ type: "messageChanged", message }),
  history_cleared: ({ up_to }, now) => ({ type: "historyCleared", upTo: up_to, now }),
  host_join_room: (arrival) => ({ type: "memberJoined", member: memberOf(arrival) }),
  host_leave_room: (departure) => ({ type: "memberLeft", departure: departureOf(departure) }),
  hosts_changed: ({ joined, left }) => ({
    type: "membersChanged",
    joined: joined.map(memberOf),
    left: left.map(departureOf),
  }),
  person_changed: ({ id, role, muted }) => ({ type: "memberChanged", id, role, muted }),
  room_changed: (rules, now) => ({ type: "rulesChanged", rules, now }),
  invite_changed: (invite) => ({ type: "inviteChanged", invite }),
  notice: (notice, now) => ({ type: "noticeReceived", notice, now }),
};

/** Requests as [name, payload]. */
export const request = {
  /** Come in, and be told what this page has not seen yet. */
  snapshot: ({ lastSeq, epoch }) => ["new_host", { batches: true, last_seq: lastSeq, epoch }],

  post: ({ client_id, text }) => ["new_message", { message: text, client_id }],

  /** `person` is the id of whom the command means, where the text does not name them. */
  command: (name, text, person) => ["host_command", { name, text, ...(person && { person }) }],
};

/** The answer to a request for a snapshot. */
export function snapshotReceived(answer) {
  const { you, hosts, room, invite, messages, changed, complete, seq, epoch, cleared } = answer;
  const missed = { messages, changed, complete, seq, epoch, cleared, anew: answer.anew === true };
  return { type: "snapshotReceived", snapshot: { you, members: hosts, rules: room, invite, ...missed } };
}

function memberOf({ id, user, ip, time, role, muted }) {
  return { id, name: user, ip, since: time, role, muted };
}

function departureOf({ id, user, time }) {
  return { id, name: user, time };
}

/** A `client_id`, which is a random UUID. crypto.randomUUID is missing where a page has no https, as on most LANs. */
export function newClientId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
