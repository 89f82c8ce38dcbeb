// How one gets from room to room: each way ends with the room before its reader.

import { roomEntered } from "../protocol.js";
import { inOwnZone } from "../words.js";
import { roomWithId } from "./lists.js";

const ASK_AGAIN_AFTER = 5_000; // milliseconds, where the server did not say what is in a room

/**
 * `onCalled(room)` is told that a host was called to it.
 * @param {RoomMeans & { onCalled: (room: string, hosts: number) => void }} options
 * @returns {Going & Part}
 */
export function makeGoing({ words, times, overlays, getState, dispatch, tell, ...means }) {
  const { socket, composer, onCalled } = means;
  /** @type {Map<string, number>} */
  const looked = new Map(); // room → when it was asked what is in it

  /**
   * @param {{ ok: true } | { ok: false, error: Refusal } | null} answer
   */
  function wrongIn(answer) {
    if (answer?.ok) return "";
    return inOwnZone(answer?.error.message ?? words.t("client.no_connection"), times);
  }

  /**
   * Ask for a room: its id, or what was wrong.
   * @param {Wire.Request<"open_room" | "enter_room" | "open_direct">} request
   */
  async function find(request) {
    dispatch({ type: "historyAsked" });
    const answer = await socket.ask(request);
    dispatch(answer?.ok ? roomEntered(answer) : { type: "historyFailed" });
    return { room: answer?.ok ? answer.room.id : "", wrong: wrongIn(answer) };
  }

  /**
   * Find the room and turn to it; what was wrong, or "".
   * @param {Wire.Request<"open_room" | "enter_room" | "open_direct">} request
   */
  async function go(request) {
    const { room, wrong } = await find(request);
    if (room === "") return wrong;
    looked.set(room, performance.now());
    show(room);
    return wrong;
  }

  /** @param {string} room */
  function show(room) {
    overlays.close();
    dispatch({ type: "roomChosen", room });
    // A keyboard that jumps up on a phone would hide what one came to read.
    if (matchMedia("(hover: hover)").matches) composer.focus();
  }

  /** @param {User} person */
  async function talkTo(person) {
    const known = getState().rooms.find((room) => room.person?.id === person.id && !room.closed);
    if (known === undefined) tell(await go(["open_direct", { person: person.id }]));
    else show(known.id);
  }

  /** @param {string} room */
  async function leave(room) {
    tell(wrongIn(await socket.ask(["leave_room", { room }])));
  }

  /** @param {string} room */
  async function call(room) {
    const answer = await socket.ask(["call_host", { room }]);
    if (answer?.ok) onCalled(room, answer.hosts);
    else tell(wrongIn(answer));
  }

  /**
   * Who is in the room that is shown, and what a room is called that this user was put into.
   * @type {Part["update"]}
   */
  function update(state) {
    if (!state.joined) {
      looked.clear();
      return;
    }
    for (const room of state.rooms) {
      const unnamed = room.kind === "open" && room.name === "";
      const unknown = room.kind !== "main" && room.people === null;
      if (unnamed || (unknown && room.id === state.room)) look(room.id);
    }
  }

  /** @param {string} room */
  function look(room) {
    const now = performance.now();
    if (now - (looked.get(room) ?? -Infinity) < ASK_AGAIN_AFTER) return;
    looked.set(room, now);
    find(["enter_room", { room }]);
  }

  return {
    ...{ show, leave, talkTo, call, update },
    enter: async (room) => {
      if (roomWithId(getState(), room) === undefined) tell(await go(["enter_room", { room }]));
      else show(room);
    },
    open: (name) => go(["open_room", { name }]),
  };
}
