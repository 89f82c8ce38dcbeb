// js/protocol.js: the wire's words become the page's, as docs/protocol.md has them.

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  ACTIONS,
  commandRequest,
  filesRequest,
  historyRequest,
  postRequest,
  snapshotReceived,
  snapshotRequest,
} from "#js/protocol.js";
import { reduce } from "#js/state.js";
import { after, ANA, gone, ids, INVITE, member, message, snapshot } from "./world.mjs";

const TIME = "2026-11-23T02:08:00.123Z";
/** @type {Wire.Move} */
const bia = { id: "b", user: "Bia", ip: "192.0.2.2", time: TIME, role: "guest" };

test("a host_join_room is a member who has joined", () => {
  const { members } = after(ACTIONS.host_join_room(bia, 0));
  const { user: name, time: since, ...rest } = bia;
  assert.deepEqual(members, [{ ...rest, name, since, muted: undefined }]);
});

test("hosts_changed says who has left and who has come", () => {
  const caio = { ...bia, id: "c", user: "Caio" };
  const { members, notes } = after(
    ACTIONS.host_join_room(caio, 0),
    ACTIONS.hosts_changed({ joined: [bia], left: [{ ...caio, logout: true }] }, 0),
  );
  assert.deepEqual(
    members.map(({ id }) => id),
    ["b"],
  );
  assert.deepEqual(
    notes.map(({ kind }) => kind),
    ["left", "joined"],
  );
});

test("everything that the server says is something that the state knows", () => {
  const rules = { topic: "Ping", locked: false, readonly: false, slow: 0 };
  const state = after(
    snapshot([], { members: [] }),
    ACTIONS.add_chat_message(message(1), 0),
    ACTIONS.add_chat_message(message(2), 0),
    ACTIONS.add_chat_message(message(3), 0),
    ACTIONS.message_changed(gone(2, 4), 0),
    ACTIONS.history_cleared({ up_to: 1 }, 0),
    ACTIONS.host_join_room(bia, 0),
    ACTIONS.person_changed({ id: "b", user: "Bia", role: "host", muted: false }, 0),
    ACTIONS.host_leave_room(bia, 0),
    ACTIONS.room_changed(rules, 0),
    ACTIONS.invite_changed(INVITE, 0),
    ACTIONS.notice({ code: "muted", until: TIME }, 0),
    ACTIONS.server_stop({ time: TIME }, 0),
  );
  assert.deepEqual(ids(state), [3]);
  assert.deepEqual([state.members, state.badges], [[], { b: true }]);
  assert.deepEqual([state.rules, state.invite, state.mutedUntil], [rules, INVITE, TIME]);
  assert.equal(state.link, "stopped");
});

test("the answer to new_host is a snapshot; it is anew only where the server says so", () => {
  const hosts = [member("a")];
  const room = { topic: "Ping", locked: false, readonly: false, slow: 0 };
  const known = { complete: true, changed: [], pins: [], mine: {}, seq: 3, epoch: "e", cleared: 2 };
  const answer = { you: ANA, hosts, messages: [message(3)], room, ...known };
  const state = after(snapshotReceived(answer));
  assert.deepEqual([state.link, state.members, state.rules], ["online", hosts, room]);
  assert.deepEqual([state.lastSeq, state.epoch, state.cleared], [3, "e", 2]);
  const again = snapshotReceived({ ...answer, messages: [] });
  assert.deepEqual(ids(reduce(state, again)), [3]);
  const anew = snapshotReceived({ ...answer, messages: [], anew: true });
  assert.deepEqual(ids(reduce(state, anew)), []);
});

test("a page says up to which position it knows everything, and since when", () => {
  const asked = snapshotRequest({ lastSeq: 41, epoch: "e" });
  assert.deepEqual(asked, ["new_host", { batches: true, last_seq: 41, epoch: "e" }]);
});

test("a command names a person by id only where one is meant", () => {
  assert.deepEqual(commandRequest("slow", "5"), ["host_command", { name: "slow", text: "5" }]);
  const kick = ["host_command", { name: "kick", text: "", person: "b" }];
  assert.deepEqual(commandRequest("kick", "", "b"), kick);
});

test("a message is posted under the client_id of its draft", () => {
  const draft = { client_id: "x", text: "hello" };
  assert.deepEqual(postRequest(draft), ["new_message", { message: "hello", client_id: "x" }]);
});

test("a part of the history is asked for by the message beside it", () => {
  const asked = historyRequest({ before: 41 });
  assert.deepEqual(asked, ["history", { room: "lobby", limit: 100, before: 41 }]);
});

test("a message names the files that the server has, and the room's are asked for", () => {
  const file = { name: "a.jpg", type: "image/jpeg", size: 1, whole: true };
  const files = ["x", "y"].map((id) => ({ ...file, key: `key ${id}`, upload: id }));
  const [, payload] = postRequest({ client_id: "c", text: "", files });
  assert.deepEqual(payload, { message: "", client_id: "c", files: ["x", "y"] });
  assert.deepEqual(filesRequest(41)[1], { room: "lobby", limit: 100, files: true, before: 41 });
});
