// js/inspect/record.js: what a page knows of its connections, line by line.

import assert from "node:assert/strict";
import { test } from "node:test";

import { endOf } from "#js/inspect/connections.js";
import { ENTRIES, entryOf, initial, reduce } from "#js/inspect/record.js";
import { ack, after, close, fan, frame, gone, hello, link, open, text } from "./wire.mjs";

const kinds = (/** @type {Inspect.Record} */ { entries }) => entries.map(({ kind }) => kind);
const states = (/** @type {Inspect.Record} */ { connections }) =>
  connections.map(({ number, state, follows }) => [number, state, follows]);

/** @param {Inspect.Record} record @param {number} place */
function frameAt({ entries }, place) {
  const entry = entries[place];
  assert.ok(entry.kind === "frame");
  return entry;
}

test("entries stand in order, each with a key that counts up", () => {
  const record = after(hello(), open(1), text("browser", '421["new_message",{}]'));
  assert.deepEqual(kinds(record), ["connection", "frame"]);
  assert.deepEqual(
    record.entries.map(({ key }) => key),
    [1, 2],
  );
  assert.equal(entryOf(record, 2), record.entries[1]);
  assert.equal(entryOf(record, 3), undefined);
});

test("a line of a kind that is not known changes nothing", () => {
  const record = after(hello(), open(1));
  const strange = /** @type {any} */ ({ kind: "quark" });
  assert.equal(reduce(record, strange), record);
});

test("an acknowledgement answers the event with its id on the same connection, from the other side", () => {
  const record = after(
    hello(),
    open(1),
    open(2),
    text("browser", '427["new_message",{}]', { at: 1 }),
    text("browser", '427["new_message",{}]', { at: 1, connection: 2 }),
    text("server", '427["told",{}]', { at: 1 }),
    ack(7, { at: 1.5 }),
  );
  const [event, elsewhere, told, answer] = [2, 3, 4, 5].map((place) => frameAt(record, place));
  assert.deepEqual([event.answered, answer.answers], [answer.key, event.key]);
  assert.deepEqual([elsewhere.answered, told.answered], [null, null]);
});

test("pongs, Engine.IO's and WebSocket's own, answer pings, and a second close the first", () => {
  const record = after(
    hello(),
    open(1),
    text("server", "2", { at: 25 }),
    frame("server", 9, { at: 25.1 }),
    text("browser", "3", { at: 25.25 }),
    frame("browser", 10, { at: 25.3 }),
    close("browser", 1000, { at: 26 }),
    close("server", 1000, { at: 26.1 }),
  );
  const answers = record.entries.map((entry) => entry.kind === "frame" && entry.answers);
  assert.deepEqual(answers, [false, null, null, 2, 3, null, 6]);
  assert.deepEqual(record.connections[0].pongs, [{ at: 25.25, seconds: 0.25, server: null }]);
  assert.equal(record.connections[0].closing?.from, "browser");
});

test("a page's own round trip is known by the id of the acknowledgement, whichever comes first", () => {
  const trip = { kind: /** @type {const} */ ("trip"), sid: "abc", ack: 7, seconds: 0.02 };
  const event = text("browser", '427["new_message",{}]', { at: 1 });
  const before = [hello(), open(1), text("server", '0{"sid":"abc"}'), event];
  const expected = [{ at: 1.005, seconds: 0.02, server: 0.005 }];
  for (const lines of [
    [ack(7, { at: 1.005 }), trip],
    [trip, ack(7, { at: 1.005 })],
  ]) {
    const { trips } = after(...before, ...lines).connections[0];
    assert.deepEqual(
      trips.map((one) => ({ ...one, server: Number(one.server?.toFixed(6)) })),
      expected,
    );
  }
});

test("what the ring has lost is an entry, and the first lines of connections may be among it", () => {
  const record = after(hello(), { kind: "lost", entries: 3 }, text("browser", "2", { at: 9 }));
  assert.deepEqual(kinds(record), ["lost", "frame"]);
  assert.deepEqual([record.lost, record.connections.length], [3, 1]);
});

test("no more than the last 500 entries are kept, and their keys still find them", () => {
  const many = Array.from({ length: 700 }, (_, n) => text("browser", `42${n}["x"]`, { at: n }));
  const record = after(hello(), open(1), ...many, ack(699, { at: 800 }));
  assert.equal(record.entries.length, ENTRIES);
  const answer = frameAt(record, ENTRIES - 1);
  assert.equal(entryOf(record, answer.answers), record.entries[ENTRIES - 2]);
});

test("a stream that goes on says again what is known, and that is skipped", () => {
  const ring = [open(1), text("browser", "2", { at: 1 }), text("server", "3", { at: 1 })];
  const later = text("browser", "2", { at: 2 });
  const record = after(hello(), ...ring, hello(), ...ring, later);
  assert.deepEqual(kinds(record), ["connection", "frame", "frame", "frame"]);
});

test("of a stream that goes on only what was never seen counts as lost", () => {
  const first = [open(1), text("browser", "2", { at: 1 })];
  const lost = (/** @type {number} */ entries) => ({
    kind: /** @type {const} */ ("lost"),
    entries,
  });
  const rest = text("browser", "2", { at: 5 });
  assert.equal(after(hello(), ...first, hello(), lost(6), rest).lost, 4);
  assert.equal(after(hello(), ...first, hello(), lost(1), first[1], rest).lost, 0);
});

test("another view goes on behind what was seen, also where the clock was set back", () => {
  const first = [hello({ began: 1_000 }), open(1, { at: 0 }), text("browser", "2", { at: 50 })];
  const line = text("browser", "2", { at: 1 });
  assert.equal(after(...first, hello({ began: 1_060 }), line).now, 61);
  assert.equal(after(...first, hello({ began: 900 }), line).now, 51);
});

test("a connection that lasts over two views is the same one, and what it sent is summed up", () => {
  const ends = { browser: /** @type {const} */ (["10.0.0.2", 5_000]) };
  const record = after(
    hello({ began: 0 }),
    open(1, { opening: true, ...ends }),
    link(1, { at: 1, sent: 100 }),
    hello({ began: 60 }),
    open(4, { opening: false, ...ends }),
    link(4, { at: 1, sent: 11 }),
  );
  assert.deepEqual(states(record), [[1, "open", null]]);
  assert.deepEqual(
    record.connections[0].links.map(({ at, sent }) => [at, sent.bytes]),
    [
      [1, 100],
      [61, 111],
    ],
  );
});

test("a connection that was open when the server went is not known to be closed", () => {
  const record = after(
    hello({ began: 0 }),
    open(1),
    hello({ began: 9 }),
    open(1, { opening: true }),
  );
  assert.deepEqual(states(record), [
    [1, "unseen", null],
    [2, "open", 1],
  ]);
});

test("while nothing comes nobody knows what is open, and a look that goes on knows again", () => {
  const away = { kind: /** @type {const} */ ("away") };
  const lines = [hello(), open(1), open(2), gone(2, { at: 1 }), away];
  assert.deepEqual(states(after(...lines))[0], [1, "unseen", null]);
  const again = after(...lines, hello(), open(1), open(2), gone(2, { at: 1 }), gone(1, { at: 2 }));
  assert.deepEqual(states(after(...lines, hello()))[0], [1, "open", null]);
  assert.deepEqual(states(again)[0], [1, "closed", null]);
});

test("a look that goes on finds nothing open that was open in another one before", () => {
  const away = { kind: /** @type {const} */ ("away") };
  const second = [hello({ began: 1 }), open(1, { opening: true }), away, hello({ began: 1 })];
  assert.deepEqual(states(after(hello({ began: 0 }), open(1), away, ...second)), [
    [1, "unseen", null],
    [2, "open", 1],
  ]);
});

test("one that was open when a look began may have come after one that was open in the last", () => {
  const ends = (/** @type {number} */ port) => ({ browser: /** @type {const} */ (["::1", port]) });
  const [first, ...rest] = [open(1, ends(1)), open(7, ends(2)), open(8, ends(3))];
  const record = after(hello({ began: 0 }), first, hello({ began: 9 }), ...rest);
  assert.deepEqual(states(record), [
    [1, "unseen", null],
    [2, "open", 1],
    [3, "open", null],
  ]);
});

test("who comes again follows the one that ended first, but nobody who left long before", () => {
  const record = after(
    hello(),
    ...[open(1), open(2), open(3)],
    gone(3, { at: 1, by: "browser", code: 1001 }), // a tab was closed
    gone(2, { at: 50 }),
    gone(1, { at: 51 }),
    open(4, { at: 60, opening: true }),
    open(5, { at: 61, opening: true }),
    open(6, { at: 62, opening: true }),
  );
  const follows = record.connections.map((one) => one.follows);
  assert.deepEqual(follows, [null, null, null, 2, 1, null]);
  assert.deepEqual(record.connections.map(endOf), [51, 50, 1, null, null, null]);
});

test("the page's own connection follows its own", () => {
  const sid = (/** @type {number} */ connection, /** @type {string} */ id) =>
    text("server", `0{"sid":"${id}"}`, { connection, at: 70 });
  const own = (/** @type {string} */ id) => ({ kind: /** @type {const} */ ("own"), sid: id });
  const record = after(
    hello(),
    ...[open(1), open(2, { opening: true }), own("a"), sid(2, "a")],
    ...[gone(1, { at: 50 }), gone(2, { at: 51 })],
    ...[open(3, { at: 60, opening: true }), open(4, { at: 61, opening: true })],
    ...[sid(4, "c"), sid(3, "b"), own("b")],
  );
  assert.deepEqual(
    record.connections.map((one) => [one.own, one.follows]),
    [
      [false, null],
      [true, null],
      [true, 2],
      [false, 1],
    ],
  );
});

test("with which code its own connection ended the browser tells", () => {
  const ended = { kind: /** @type {const} */ ("ended"), sid: "a", code: 1006 };
  const { connections } = after(hello(), open(1), open(2), text("server", '0{"sid":"a"}'), ended);
  assert.deepEqual(
    connections.map(({ told }) => told),
    [1006, null],
  );
});

test("of a message's fan-out the last line counts", () => {
  const record = after(hello(), fan(41, { waiting: 2 }), fan(42), fan(41, { waiting: 0 }));
  assert.deepEqual(
    record.fans.map(({ message, waiting }) => [message, waiting]),
    [
      [41, 0],
      [42, 0],
    ],
  );
});

test("a fan-out knows by which frame its message came, and how that begins", () => {
  const said = '427["new_message",{"message":"Say \\"hi\\" \\u2764","client_id":"x"}]';
  const record = after(
    hello(),
    open(1),
    text("browser", said, { at: 1 }),
    fan(41),
    fan(42, { received: null }),
  );
  assert.deepEqual(
    record.fans.map(({ event, text: begins }) => [event, begins]),
    [
      [2, 'Say "hi" \u2764'],
      [null, null],
    ],
  );
});

test("a server that counts messages from the beginning has other ones", () => {
  const record = after(hello({ began: 0 }), fan(1), fan(2), hello({ began: 60 }), fan(1));
  assert.deepEqual(
    record.fans.map(({ message, told }) => [message, told]),
    [
      [2, 3],
      [1, 63],
    ],
  );
});

test("of what ended long ago no figures are kept, of what is open they are", () => {
  const lines = Array.from({ length: 30 }, (_, n) => [
    open(n + 2, { at: n, opening: true }),
    link(n + 2, { at: n }),
    gone(n + 2, { at: n + 0.5 }),
  ]);
  const { connections } = after(hello(), open(1), link(1, {}), ...lines.flat());
  const counts = connections.map(({ links }) => links.length);
  assert.deepEqual([counts[0], counts[1], counts[30]], [1, 0, 1]);
  assert.equal(
    counts.reduce((all, one) => all + one),
    21,
  );
});

test("an hour of figures is bounded", () => {
  let record = after(hello(), open(1));
  for (let at = 0; at < 3_600; at += 1) record = reduce(record, link(1, { at }));
  assert.equal(record.connections[0].links.length, 600);
  assert.equal(initial().connections.length, 0);
});
