// The one owner of the socket: it turns the server's events into actions, says on every
// (re)connect what it has seen already, and sends the queue in order, one at a time.

import { io } from "../vendor/socket.io.esm.min.js";
import { nextDraft } from "./outbox.js";
import { makePace } from "./pace.js";
import {
  ACTIONS,
  commandRequest,
  historyReceived,
  historyRequest,
  postRequest,
  snapshotReceived,
  snapshotRequest,
} from "./protocol.js";
import { makeStorer } from "./storing.js";

// Firefox keeps a page for most of a minute from opening a WebSocket to a host that was away, and
// says nothing. It lets HTTP through: so after a failure polling comes first, and is upgraded.
// Where nothing answers at all (the host sleeps, the Wi-Fi is gone), requests pile up in WebKit
// and keep the next ones waiting. A WebSocket that is given up is gone: so they take turns then.
const WEBSOCKET_FIRST = {
  transports: ["websocket", "polling"],
  tryAllTransports: true, // where a proxy lets no WebSocket through
  within: 3_000, // milliseconds until it is a failure
};
const POLLING_FIRST = {
  transports: ["polling", "websocket"],
  tryAllTransports: false,
  within: 5_000,
};

const ANSWER_WITHIN = 10_000; // milliseconds; then the same message is sent again
const JOIN_AGAIN_AFTER = 1; // second, where the server does not say when
const KNOCK_AGAIN_AFTER = 4_000;
const LOAD_AGAIN_AFTER = 2_000;
const HASTY = new Set(["too_fast", "slow_mode"]); // what is refused goes out a little later
const PASSING = new Set(["unavailable", "too_fast", "not_joined"]); // a no for now

/**
 * Connect to the server, which takes some `transports` and `rate` messages a second. `onUnauthorized` is called when it
 * does not let us in any more, `onPause(milliseconds)` when sending has to wait, with 0 when it need
 * not any more. `rooms` is whether it is about all rooms, or the main one alone.
 * @param {Pick<Config, "serverUrl" | "socketPath" | "transports">} server
 * @param {{
 *   rate: number, rooms?: boolean, dispatch: Dispatch, getState: () => State,
 *   onUnauthorized: () => void, onPause: (pause: number) => void,
 * }} options
 */
export function openSocket(server, { rate, rooms, dispatch, getState, onUnauthorized, onPause }) {
  const pace = makePace(rate);
  let way = WEBSOCKET_FIRST;
  const socket = io(server.serverUrl, {
    path: server.socketPath,
    transports: taken(way.transports, server),
    tryAllTransports: way.tryAllTransports,
    timeout: way.within,
    reconnectionDelay: 500,
    reconnectionDelayMax: 2_000,
  });
  let sending = false;
  let held = false;
  const storer = makeStorer({
    ...{ getState, post },
    isReady: () => !sending && getState().joined && pace.pause(performance.now()) === 0,
  });
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let nextJoin;

  socket.on("connect", () => {
    prefer(WEBSOCKET_FIRST);
    clearTimeout(nextJoin); // of the connection before
    join();
  });
  socket.on("connect_error", (/** @type {Error & { data?: any }} */ { message, data }) => {
    if (message === "unauthorized") onUnauthorized();
    else if (message === "too_many_connections") knockAgain(data.message);
    else {
      const turns = message === "timeout" && way === POLLING_FIRST;
      prefer(turns ? WEBSOCKET_FIRST : POLLING_FIRST);
    }
  });
  socket.on("disconnect", (reason) => {
    if (getState().link === "removed") return;
    dispatch({ type: "connectionLost" });
    // The server ended it (the user logged out in another tab, or the server stops). Socket.IO
    // leaves it at that: connecting again finds out, for then we are refused or it is back.
    if (held) socket.disconnect();
    else if (reason === "io server disconnect") socket.connect();
  });
  for (const [event, actionOf] of Object.entries(ACTIONS)) {
    socket.on(event, (payload) => dispatch(actionOf(payload, Date.now())));
  }

  // A phone that wakes up should not wait for the next try.
  whenSeen(() => {
    const wanted = !held && !document.hidden && getState().link !== "removed";
    if (wanted && !socket.connected) socket.disconnect().connect();
  });

  /**
   * How the next connection is tried.
   * @param {typeof WEBSOCKET_FIRST} next
   */
  function prefer(next) {
    way = next;
    const { transports, tryAllTransports, within } = next;
    Object.assign(socket.io.opts, {
      transports: taken(transports, server),
      tryAllTransports,
    });
    socket.io.timeout(within);
  }

  // Where the server itself refuses, Socket.IO leaves it at that.
  /** @param {string} why */
  function knockAgain(why) {
    dispatch({ type: "serverFull", why });
    setTimeout(() => socket.connect(), KNOCK_AGAIN_AFTER);
  }

  async function join() {
    const answer = await ask(snapshotRequest(getState(), rooms));
    if (answer?.ok) {
      dispatch(snapshotReceived(answer));
      send();
      storer.later(); // what could not be stored before the page was loaded again
    } else if (answer !== null && !PASSING.has(answer.error.code)) {
      onUnauthorized(); // somebody else has the name by now, for example: the login page says
    } else if (socket.connected) {
      joinAgain(answer?.error.retry_after ?? JOIN_AGAIN_AFTER);
    }
  }

  /** @param {number} seconds */
  function joinAgain(seconds) {
    clearTimeout(nextJoin);
    nextJoin = setTimeout(() => socket.connected && join(), 1_000 * seconds);
  }

  /**
   * The answer, or null where none came: the connection went away or the server was too slow.
   * @template {keyof Wire.Requests} Name
   * @param {Wire.Request<Name>} request
   * @returns {Promise<Wire.Answer<Name> | null>}
   */
  async function ask([event, payload]) {
    if (!socket.connected) return null; // it would be kept, and sent before one is in again
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
      const draft = nextDraft(getState());
      if (draft === undefined) break;
      const pause = pace.pause(performance.now());
      if (pause > 0) {
        onPause(pause);
        await pace.over(pause);
        continue; // meanwhile the connection or the draft may have gone
      }
      await post(draft);
    }
    sending = false;
  }

  /**
   * Send it; whether it is stored.
   * @param {Draft} draft
   */
  async function post(draft) {
    pace.sent(performance.now());
    const answer = await ask(postRequest(draft));
    settle(draft.client_id, answer);
    return answer?.ok === true;
  }

  /**
   * @param {string} client_id
   * @param {Wire.Answer<"new_message"> | null} answer
   */
  function settle(client_id, answer) {
    if (answer === null) return;
    if (answer.ok) {
      const { id, time } = answer;
      dispatch({ type: "draftStored", client_id, id, time, now: Date.now() });
      return;
    }
    const { error } = answer;
    if (error.code === "unauthorized") onUnauthorized();
    else if (HASTY.has(error.code)) pace.refused(performance.now(), error.retry_after ?? 0);
    else dispatch({ type: "draftRefused", client_id, error });
    if (error.code === "unavailable") storer.later();
    // A server that stops has shown everybody out; there is nothing to join until it is back.
    if (error.code === "not_joined" && getState().link !== "stopped") join();
  }

  /**
   * Let the server carry out a command: its answer, or null where none came.
   * @param {string} name
   * @param {string} text
   * @param {string} [person]
   */
  function command(name, text, person) {
    return ask(commandRequest(name, text, person, getState().room));
  }

  /** @type {Set<string>} */
  const loading = new Set();

  /**
   * Ask for a part of the history of the room that is shown, unless that is on its way; whether it has come. Where it was
   * refused, it is asked for again after a while only.
   * @param {Place} place
   */
  async function load(place) {
    const { room } = getState();
    const key = JSON.stringify([room, place]);
    if (loading.has(key) || !getState().joined) return false;
    loading.add(key);
    dispatch({ type: "historyAsked" });
    const answer = await ask(historyRequest(place, room));
    if (answer?.ok) {
      loading.delete(key);
      dispatch(historyReceived(place, answer, room));
      return true;
    }
    const wait = 1_000 * (answer?.error.retry_after ?? 0) || LOAD_AGAIN_AFTER;
    setTimeout(() => {
      loading.delete(key);
      dispatch({ type: "historyFailed" });
    }, wait);
    return false;
  }

  return {
    ...{ send, ask, command, load },
    /** Do not come in again for now, or do so at once. */
    hold: (/** @type {boolean} */ is) => {
      held = is;
      if (socket.connected) return;
      socket.disconnect();
      if (!is) socket.connect();
    },
    /** Call it with each connection of Engine.IO that is opened from now on. */
    onEngine: (/** @type {(engine: Engine) => void} */ call) =>
      socket.io.on("open", () => call(socket.io.engine)),
    /** Try at once what was refused for a while: other rules hold. */
    hurry: () => {
      pace.reopen();
      onPause(0);
    },
  };
}

/**
 * Call it when somebody looks at the page again, or the network is back.
 * @param {() => void} call
 */
function whenSeen(call) {
  document.addEventListener("visibilitychange", call);
  window.addEventListener("online", call);
}

/**
 * Those transports that the server takes: several servers that are one chat take no polling.
 * @param {string[]} transports
 * @param {Pick<Config, "transports">} server
 */
function taken(transports, server) {
  return transports.filter((transport) => server.transports.includes(transport));
}
