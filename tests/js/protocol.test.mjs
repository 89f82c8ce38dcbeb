// js/protocol.js: the wire's words become the page's, as docs/protocol.md has them.

import assert from "node:assert/strict";
import { test } from "node:test";

import { ACTIONS, request, snapshotReceived } from "#js/protocol.js";
import { ANA, message } from "./world.mjs";

const TIME = "2026-11-23T02:08:00.123Z";
const bia = { id: "b", user: "Bia", ip: "192.0.2.2", time: TIME, role: "guest" };

test("a host_join_room is a member who has joined", () => {
  const { type, member } = ACTIONS.host_join_room(bia, 0);
  assert.equal(type, "memberJoined");
  assert.deepEqual(
    [member.id, member.name, member.ip, member.since, member.role],
    ["b", "Bia", "192.0.2.2", TIME, "guest"],
  );
});

test("hosts_changed says who has left and who has come", () => {
  const action = ACTIONS.hosts_changed({ joined: [bia], left: [{ ...bia, id: "c" }] }, 0);
  assert.deepEqual(action.joined.map(({ name }) => name), ["Bia"]);
  assert.deepEqual(action.left, [{ id: "c", name: "Bia", time: TIME }]);
});

test("every action of the wire is one that the state knows", async () => {
  const { initial, reduce } = await import("#js/state.js");
  const payloads = {
    add_chat_message: message(1),
    message_changed: message(1),
    history_cleared: { up_to: 1 },
    hosts_changed: { joined: [], left: [] },
    room_changed: { topic: "", locked: false, readonly: false, slow: 0 },
    notice: { code: "muted", until: null },
  };
  for (const [event, actionOf] of Object.entries(ACTIONS)) {
    assert.ok(reduce(initial({ you: ANA }), actionOf(payloads[event] ?? bia, 0)), event);
  }
});

test("the answer to new_host is a snapshot; it is anew only where the server says so", () => {
  const hosts = [{ id: "a", name: "Ana", ip: "192.0.2.1", since: TIME }];
  const answer = { ok: true, you: ANA, hosts, messages: [message(1)], complete: true, seq: 1 };
  const { snapshot } = snapshotReceived(answer);
  assert.deepEqual([snapshot.members, snapshot.seq, snapshot.anew], [hosts, 1, false]);
  assert.equal(snapshotReceived({ ...answer, anew: true }).snapshot.anew, true);
});

test("a page says up to which position it knows everything, and since when", () => {
  const asked = request.snapshot({ lastSeq: 41, epoch: "e" });
  assert.deepEqual(asked, ["new_host", { batches: true, last_seq: 41, epoch: "e" }]);
});

test("a command names a person by id only where one is meant", () => {
  assert.deepEqual(request.command("slow", "5"), ["host_command", { name: "slow", text: "5" }]);
  const kick = ["host_command", { name: "kick", text: "", person: "b" }];
  assert.deepEqual(request.command("kick", "", "b"), kick);
});

test("a message is posted under the client_id of its draft", () => {
  const draft = { client_id: "x", text: "hello", by: "a", error: null };
  assert.deepEqual(request.post(draft), ["new_message", { message: "hello", client_id: "x" }]);
});
