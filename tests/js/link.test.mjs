// js/inspect/{curve,overhead_figures,endings,figures,polling,trips}.js: what the view Link says.

import assert from "node:assert/strict";
import { test } from "node:test";

import { curveOf, pathOf, scaleTo } from "#js/inspect/curve.js";
import { bestOf, chainsOf, codeKey, endings } from "#js/inspect/endings.js";
import { makeFigures } from "#js/inspect/figures.js";
import { carried, summed } from "#js/inspect/overhead_figures.js";
import { watchPolling } from "#js/inspect/polling.js";
import { watchTrips } from "#js/inspect/trips.js";
import { after, close, gone, hello, link, open, tcp, text } from "./wire.mjs";

const numbers = (/** @type {readonly (readonly Inspect.Connection[])[]} */ chains) =>
  chains.map((chain) => chain.map(({ number }) => number));

/** The figures of one connection of which nothing is known but this. */
function bytesOf(/** @type {Partial<Inspect.Moment>} */ moment, more = {}) {
  const [connection] = after(hello(), open(1, more), link(1, {})).connections;
  const whole = { ...connection.links[0], ...moment };
  return /** @type {const} */ (["browser", "server"]).map((side) =>
    carried(connection, whole, side),
  );
}

const counts = (
  /** @type {number} */ bytes,
  /** @type {number} */ payload,
  /** @type {number} */ frames,
) => ({
  ...{ bytes, payload, frames },
});

test("scales have two to five steps of 1, 2 or 5, and reach the highest", () => {
  for (const highest of [0.000_03, 0.001, 0.0031, 0.0099, 0.05, 0.2, 3, 7.2]) {
    const { step, top } = scaleTo(highest);
    assert.ok(top >= highest * 0.999, String(highest));
    assert.ok(top / step > 1.5 && top / step < 5.5, `${highest}: ${top} by ${step}`);
    assert.match(step.toExponential(0), /^(?:1|2|5)e/);
  }
});

test("a curve shows what was measured in the last ten minutes, half a minute at least", () => {
  const lines = Array.from({ length: 1_000 }, (_, at) => link(1, { at, tcp: tcp({ rtt: 2_000 }) }));
  const record = after(hello(), open(1), ...lines);
  const curve = curveOf(record.connections, record.now);
  assert.deepEqual([curve.span, curve.from, curve.kernel.length], [600, 399, 600]);
  assert.deepEqual([curve.top, curve.kernel[0].seconds], [0.002, 0.002]);
  const young = after(hello(), open(1), link(1, { at: 5 }));
  assert.deepEqual(
    [curveOf(young.connections, 5).span, curveOf(young.connections, 5).isEmpty],
    [30, true],
  );
});

test("the curve of a tab goes over its connections, and says when there was none", () => {
  const record = after(
    hello(),
    open(1),
    ...[text("server", "2", { at: 1 }), text("browser", "3", { at: 1.25 })],
    gone(1, { at: 30 }),
    open(2, { at: 34, opening: true }),
    ...[
      text("server", "2", { at: 40, connection: 2 }),
      text("browser", "3", { at: 40.5, connection: 2 }),
    ],
  );
  const [chain] = chainsOf(record.connections);
  const { pongs, away } = curveOf(chain, record.now);
  assert.deepEqual(
    pongs.map(({ seconds }) => seconds),
    [0.25, 0.5],
  );
  assert.deepEqual(away, [{ from: 30, to: 34 }]);
});

test("a line is broken where nothing was seen", () => {
  const points = [1, 2, 9].map((at) => ({ x: at, y: 0, at }));
  assert.equal(pathOf(points, 3), "M1.0 0.0L2.0 0.0M9.0 0.0");
});

test("overhead is what stands before the payload: heads of frames, and of segments by estimate", () => {
  const [browser, server] = bytesOf({
    ...{ sends: 3, tcp: tcp({ mss: 1_448 }) },
    ...{ received: counts(160, 100, 10), sent: counts(4_020, 4_000, 5) },
  });
  assert.deepEqual([browser.heads, browser.segments, browser.below], [60, 10, 520]);
  assert.deepEqual([server.heads, server.segments, server.below], [20, 3, 156]);
  assert.deepEqual(summed([browser, server]).share, (60 + 520 + 20 + 156) / 4_100);
});

test("what is larger than a segment needs several, IPv6 and TLS longer heads", () => {
  const moment = { sends: 1, sent: counts(14_500, 14_496, 1) };
  const [nothing, large] = bytesOf(moment, { browser: ["fe80::1", 5_000], encrypted: true });
  assert.deepEqual([large.segments, large.each], [11, 40 + 32 + 22]);
  assert.deepEqual([nothing.segments, summed([nothing]).share], [0, null]);
});

test("of an end is told who closed first, with which code, and how long it was until the next", () => {
  const record = after(
    hello(),
    ...[open(1), close("server", 1012, { at: 5, close: { code: 1012, reason: "again" } })],
    gone(1, { at: 5.5, by: "server", code: 1012 }),
    open(2, { at: 7, opening: true }),
    gone(2, { at: 60 }),
  );
  const [second, first] = endings(record, 10);
  assert.deepEqual(first.ending, { at: 5.5, by: "server", code: 1012, reason: "again" });
  assert.deepEqual([second.away, second.ending?.by], [1.5, "nobody"]);
  assert.deepEqual([null, 1000, 1005, 1016, 4001].map(codeKey), [
    ...["none", "1000", "none", "unknown", "own"],
  ]);
});

test("while nothing comes an end is not known, behind the next look it was not seen", () => {
  const away = { kind: /** @type {const} */ ("away") };
  const lines = [hello({ began: 0 }), open(1), away];
  const by = (/** @type {Inspect.Record} */ record) =>
    endings(record, 9).map(({ ending }) => ending?.by);
  assert.deepEqual(by(after(...lines)), ["unknown"]);
  assert.deepEqual(by(after(...lines, hello({ began: 9 }))), ["unseen"]);
  assert.deepEqual(by(after(...lines, hello({ began: 0 }))), [undefined]);
});

test("the tab that is shown at first is the page's own, else one that is open, the newest", () => {
  const lines = [hello(), open(1), open(2), gone(2, { at: 1 }), open(3, { at: 2, opening: true })];
  const { connections } = after(...lines, text("server", '0{"sid":"a"}'), {
    kind: "own",
    sid: "a",
  });
  assert.deepEqual(numbers(chainsOf(connections)), [[1], [2, 3]]);
  assert.deepEqual(numbers([bestOf(chainsOf(connections)) ?? []]), [[1]]);
  assert.deepEqual(numbers([bestOf(chainsOf(after(...lines).connections)) ?? []]), [[2, 3]]);
  assert.equal(bestOf([]), undefined);
});

test("times are as exact as they are short", () => {
  const { time } = makeFigures("en", []);
  assert.deepEqual([0, 0.000_034, 0.000_9, 0.003_14, 0.25, 1.26, 300].map(time), [
    ...["0 ms", "0.034 ms", "0.9 ms", "3.1 ms", "250 ms", "1.3 sec", "5 min"],
  ]);
});

test("moments since the beginning have milliseconds, in the language's own digits", () => {
  assert.equal(makeFigures("en", []).moment(1.5), "1.500");
  assert.equal(makeFigures("pt-BR", []).moment(0.0004), "0,000");
});

test("times of the day are those of the reader's locale", () => {
  const [english, british] = [["de"], ["de", "en-GB"]].map((tags) =>
    makeFigures("en", tags).clock(0),
  );
  assert.match(english, /[AP]M$/);
  assert.match(british, /:00:00$/);
});

test("a connection by polling is told of unless it becomes a WebSocket soon", (context) => {
  const { timers } = /** @type {any} */ (context.mock); // newer than its types
  timers.enable({ apis: ["setTimeout"] });
  /** @type {(name: string) => [Map<string, () => void>, boolean[]]} */
  const watched = (name) => {
    /** @type {Map<string, () => void>} */
    const calls = new Map();
    /** @type {boolean[]} */
    const told = [];
    const on = calls.set.bind(calls);
    watchPolling(/** @type {any} */ ({ transport: { name }, on }), (polls) => told.push(polls));
    return [calls, told];
  };
  const [websocket, stays, upgraded, closed] = ["websocket", "polling", "polling", "polling"].map(
    watched,
  );
  upgraded[0].get("upgrade")?.();
  closed[0].get("close")?.();
  timers.tick(10_000);
  assert.deepEqual(
    [websocket[1], stays[1], upgraded[1], closed[1]],
    [[false], [true], [false], []],
  );
});

test("the page's clock runs from an event to its acknowledgement", () => {
  /** @type {Inspect.Line[]} */
  const lines = [];
  /** @type {Map<string, (packet: { type: string, data?: unknown }) => void>} */
  const calls = new Map();
  /** @type {any} */
  const engine = { id: "abc", on: calls.set.bind(calls) };
  watchTrips(engine, (line) => lines.push(line));
  const say = (/** @type {string} */ event, /** @type {string} */ data) =>
    calls.get(event)?.({ type: "message", data });
  say("packetCreate", '25["new_message",{}]');
  say("packet", '2["add_chat_message",{}]');
  say("packet", '36[{"ok":true}]');
  say("packet", '35[{"ok":true}]');
  say("packet", '35[{"ok":true}]');
  const [own, trip, ...more] = lines;
  assert.deepEqual([own, more], [{ kind: "own", sid: "abc" }, []]);
  assert.ok(trip.kind === "trip" && trip.ack === 5 && trip.seconds >= 0);
});
