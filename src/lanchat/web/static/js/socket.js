// The one owner of the socket: it turns the host's events into actions, says on every
// (re)connect what it has seen already, and sends the queue in order, one at a time.

import { io } from "../vendor/socket.io.esm.min.js";
import { makePace } from "./pace.js";
import { waiting } from "./state.js";

const ANSWER_WITHIN = 10_000; // milliseconds; then the same message is sent again
const JOIN_AGAIN_AFTER = 1_000;
const KNOCK_AGAIN_AFTER = 4_000;
const HASTY = new Set(["too_fast", "slow_mode"]); // what is refused goes out a little later
const PASSING = new Set(["unavailable", "too_fast", "not_joined"]); // a host's no for now

/**
 * Connect to the host, which takes `rate` messages a second. `onUnauthorized` is called when it
 * does not let us in any more, `onPause(milliseconds)` when sending has to wait.
 */
export function openSocket(serverUrl, { rate, dispatch, getState, onUnauthorized, onPause }) {
  const pace = makePace(rate);
  const socket = io(serverUrl, {
    transports: ["websocket", "polling"],
    tryAllTransports: true, // where a proxy lets no WebSocket through
    reconnectionDelay: 500,
    reconnectionDelayMax: 4_000,
  });
  let sending = false;

  socket.on("connect", join);
  socket.on("connect_error", ({ message, data }) => {
    if (message === "unauthorized") onUnauthorized();
    else if (message === "too_many_connections") knockAgain(data.message);
    else if (getState().link !== "stopped") away(getState().link);
  });
  socket.on("disconnect", (reason) => {
    if (getState().link === "removed") return;
    away(getState().link);
    // The host ended it (the person logged out in another tab, or the host stops). Socket.IO
    // leaves it at that: connecting again finds out, for then the host refuses us or is back.
    if (reason === "io server disconnect") socket.connect();
  });
  socket.on("server_stop", () => dispatch({ type: "link", link: "stopped" }));
  socket.on("host_join_room", (arrival) => dispatch({ type: "arrived", arrival }));
  socket.on("host_leave_room", (arrival) => dispatch({ type: "left", arrival }));
  socket.on("invite_changed", (invite) => dispatch({ type: "invited", invite }));
  socket.on("hosts_changed", (changes) => dispatch({ type: "crowd", changes }));
  socket.on("person_changed", (standing) => dispatch({ type: "stood", standing }));
  socket.on("room_changed", (room) => dispatch({ type: "ruled", room, now: Date.now() }));
  socket.on("message_deleted", ({ id }) => dispatch({ type: "deleted", id }));
  socket.on("history_cleared", ({ up_to }) => dispatch({ type: "cleared", up_to, now: Date.now() }));
  socket.on("notice", (notice) => dispatch({ type: "noticed", notice, now: Date.now() }));
  socket.on("add_chat_message", (message) => dispatch({ type: "message", message }));

  // A phone that wakes up should not wait for the next try.
  const hurry = () => {
    const wanted = !document.hidden && getState().link !== "removed";
    if (wanted && !socket.connected) socket.disconnect().connect();
  };
  document.addEventListener("visibilitychange", hurry);
  window.addEventListener("online", hurry);

  // Where the host itself refuses, Socket.IO leaves it at that.
  function knockAgain(notice) {
    dispatch({ type: "link", link: "full", notice });
    setTimeout(() => socket.connect(), KNOCK_AGAIN_AFTER);
  }

  function away(link) {
    if (link === "online") dispatch({ type: "link", link: "offline" });
  }

  async function join() {
    const { seen } = getState();
    const answer = await ask("new_host", { batches: true, ...(seen > 0 && { last_id: seen }) });
    if (answer?.ok) {
      dispatch({ type: "joined", answer });
      send();
    } else if (answer !== null && !PASSING.has(answer.error.code)) {
      onUnauthorized(); // somebody else has the name by now, for example: the login page says
    } else if (socket.connected) {
      setTimeout(() => socket.connected && join(), JOIN_AGAIN_AFTER);
    }
  }

  /** The answer, or null where none came: the connection went away or the host was too slow. */
  async function ask(event, payload) {
    try {
      return await socket.timeout(ANSWER_WITHIN).emitWithAck(event, payload);
    } catch {
      return null;
    }
  }

  /** Send what waits, oldest first; where it stops, the next join goes on. */
  async function send() {
    if (sending) return;
    sending = true;
    while (socket.connected && getState().joined) {
      const [draft] = waiting(getState());
      if (draft === undefined) break;
      const pause = pace.pause(performance.now());
      if (pause > 0) {
        onPause(pause);
        await new Promise((done) => setTimeout(done, pause));
        continue; // meanwhile the connection or the draft may have gone
      }
      const { client_id, text } = draft;
      pace.sent(performance.now());
      settle(client_id, await ask("new_message", { message: text, client_id }));
    }
    sending = false;
  }

  function settle(client_id, answer) {
    if (answer === null) return;
    const { ok, id, time } = answer;
    if (ok) dispatch({ type: "stored", client_id, id, time, now: Date.now() });
    else if (answer.error.code === "unauthorized") onUnauthorized();
    else if (HASTY.has(answer.error.code)) pace.refused(performance.now(), answer.error.retry_after);
    else dispatch({ type: "refused", client_id, error: answer.error });
    // A host that stops has shown everybody out; there is nothing to join until it is back.
    if (answer.error?.code === "not_joined" && getState().link !== "stopped") join();
  }

  /** Let the host carry out a command: its answer, or null where none came. */
  function command(name, text, person) {
    return ask("host_command", { name, text, ...(person && { person }) });
  }

  return { send, command };
}
