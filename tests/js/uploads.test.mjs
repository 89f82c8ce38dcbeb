// js/files/upload.js: a file gets to the server whole, whatever becomes of its pieces on the way.

import assert from "node:assert/strict";
import { test } from "node:test";

import { inBase64 } from "#js/files/checksum.js";
import { makeSpeed } from "#js/files/progress.js";
import { factsOf, nextLength, upload } from "#js/files/upload.js";

const MIB = 2 ** 20;

/**
 * A server that has what it was sent; `troubles` are its answers in place of the right ones, in
 * turn: a status, with an error's code where it has one.
 * @param {(undefined | number | [status: number, code: string])[]} troubles
 */
function server(...troubles) {
  /** @type {string[]} */
  const asked = [];
  const state = { id: "", begun: 0, offset: 0, length: 0, asked };
  /** @type {(status: number, headers?: Record<string, string>, code?: string) => Answered} */
  const answer = (status, headers = {}, code = "") => ({
    status,
    header: (name) => headers[name] ?? null,
    error: code ? { code, message: `because of ${code}` } : null,
  });
  /** @type {(...request: Parameters<Ask>) => Answered} */
  const answered = (method, address, { headers = {}, body } = {}) => {
    asked.push(method);
    const trouble = troubles.shift();
    if (trouble !== undefined) {
      const [status, code] = Array.isArray(trouble) ? trouble : [trouble, ""];
      if (status === 404) state.id = "";
      return answer(status, {}, code);
    }
    if (method === "POST") {
      state.begun += 1;
      Object.assign(state, { id: `id${state.begun}`, offset: 0 });
      state.length = Number(headers["Upload-Length"]);
      return answer(201, { Location: `/room/files/${state.id}`, "Upload-Offset": "0" });
    }
    if (address !== `files/${state.id}`) return answer(404);
    if (method === "PATCH") {
      if (Number(headers["Upload-Offset"]) !== state.offset) return answer(409);
      state.offset += body?.size ?? 0;
    }
    const status = method === "HEAD" ? 200 : 204;
    return answer(status, { "Upload-Offset": String(state.offset) });
  };
  return {
    state,
    ask: (/** @type {Parameters<Ask>} */ ...request) => Promise.resolve(answered(...request)),
  };
}

/**
 * What comes of sending so many bytes.
 * @param {Ask} ask
 * @param {number} size
 * @param {Partial<Outgoing & UploadMeans>} more
 */
function send(ask, size, more = {}) {
  const blob = new Blob([new Uint8Array(size)]);
  let clock = 0;
  return upload(
    { blob, name: "a.bin", type: "", ...more },
    {
      ask,
      checksum: () => Promise.resolve("crc32 AAAAAA=="),
      rest: () => Promise.resolve(),
      now: () => (clock += 1_000),
      isWanted: () => true,
      onBegun: () => undefined,
      onProgress: () => undefined,
      ...more,
    },
  );
}

test("a file is begun and sent in pieces that grow", async () => {
  const { state, ask } = server();
  assert.deepEqual(await send(ask, 7 * MIB), { id: "id1" });
  assert.deepEqual(state.asked, ["POST", "PATCH", "PATCH", "PATCH"]);
  assert.equal(state.offset, 7 * MIB);
});

test("a file without a byte is whole when it is begun", async () => {
  const { state, ask } = server();
  assert.deepEqual(await send(ask, 0), { id: "id1" });
  assert.deepEqual(state.asked, ["POST"]);
});

test("what was begun before goes on where the server is", async () => {
  const { state, ask } = server();
  Object.assign(state, { id: "old", offset: MIB, length: 2 * MIB });
  assert.deepEqual(await send(ask, 2 * MIB, { id: "old" }), { id: "old" });
  assert.deepEqual(state.asked, ["HEAD", "PATCH"]);
});

test("after a break the server is asked how far it is", async () => {
  for (const trouble of [0, 409, 423, 429, 460, 503]) {
    const { state, ask } = server(undefined, trouble);
    assert.deepEqual(await send(ask, MIB), { id: "id1" }, `${trouble}`);
    assert.deepEqual(state.asked, ["POST", "PATCH", "HEAD", "PATCH"]);
  }
});

test("an upload that the server has forgotten begins anew", async () => {
  const { state, ask } = server(undefined, 404);
  assert.deepEqual(await send(ask, MIB), { id: "id2" });
  assert.equal(state.begun, 2);
});

test("a refusal is told with its words, and a quota is no reason to wait", async () => {
  /** @type {[number, string][]} */
  const refusals = [
    [413, "too_large"],
    [403, "files_off"],
    [429, "quota"],
    [507, "disk_full"],
  ];
  for (const [status, code] of refusals) {
    const { ask } = server([status, code]);
    const error = { code, message: `because of ${code}` };
    assert.deepEqual(await send(ask, MIB), { error });
  }
});

test("pieces that are damaged each time are a refusal in the end", async () => {
  const damaged = [undefined, ...Array(5).fill([undefined, 460])].flat().slice(1);
  const { ask } = server(undefined, 460, ...damaged);
  const result = await send(ask, MIB);
  assert.ok(result !== null && "error" in result);
});

test("what nobody wants any more stops", async () => {
  let wanted = true;
  const { state, ask } = server();
  const onBegun = () => (wanted = false);
  assert.equal(await send(ask, MIB, { isWanted: () => wanted, onBegun }), null);
  assert.deepEqual(state.asked, ["POST"]);
});

test("a piece takes some two seconds, within what the server takes", () => {
  assert.equal(nextLength(MIB, 500), 2 * MIB);
  assert.equal(nextLength(4 * MIB, 4_000), 2 * MIB);
  assert.equal(nextLength(8 * MIB, 1), 8 * MIB);
  assert.equal(nextLength(MIB, 60_000), MIB / 2);
});

test("a name goes to the server whatever letters it has", () => {
  const facts = factsOf({ name: "Übung 3.pdf", type: "", width: 4 });
  assert.equal(facts, `name ${Buffer.from("Übung 3.pdf").toString("base64")},width NA==`);
});

test("the worker counts CRC-32", async () => {
  /** @type {any} */
  const page = globalThis;
  /** @type {(event: { data: { id: number, piece: Blob } }) => Promise<void>} */
  let count = () => Promise.reject(new Error("it does not listen"));
  /** @type {unknown[]} */
  const told = [];
  page.addEventListener = (/** @type {string} */ _, /** @type {typeof count} */ listener) => {
    count = listener;
  };
  page.postMessage = (/** @type {unknown} */ message) => told.push(message);
  const worker = "#js/files/checksum_worker.js"; // a script without exports
  await import(worker);
  await count({ data: { id: 7, piece: new Blob(["123456789"]) } });
  assert.deepEqual(told, [{ id: 7, sum: 0xcbf43926 }]); // as the catalogue of CRCs has it
  assert.equal(inBase64(0xcbf43926), "y/Q5Jg==");
});

test("the time that is left follows from the last seconds", () => {
  const speed = makeSpeed();
  assert.equal(speed.secondsFor(1_000, 0), null);
  speed.moved(500, 0);
  speed.moved(1_000, 1_000);
  speed.moved(1_000, 2_000);
  assert.equal(speed.secondsFor(5_000, 2_000), 5);
  assert.equal(speed.secondsFor(5_000, 60_000), null);
});
