// js/classroom/: what becomes of everybody, and which moment of it is shown.

import assert from "node:assert/strict";
import { test } from "node:test";

import { FLIGHT, makePlayback } from "#js/classroom/playback.js";
import { countsOf, figuresOf, initial, missed, reduce } from "#js/classroom/room.js";

/** @type {Classroom.Hello} */
const HELLO = { kind: "hello", grace: 10, ping: 25, beat: 0.1, shared: false, own: 3, at: 0 };

/**
 * @param {number} lane
 * @param {Classroom.LaneLine["state"]} state
 * @param {number} at
 * @param {Partial<Classroom.LaneLine>} [more]
 * @returns {Classroom.LaneLine}
 */
const laneIs = (lane, state, at, more = {}) => ({ kind: "lane", lane, state, at, ...more });

/** @param {number} lane @param {number} at @returns {Classroom.DotLine} */
const message = (lane, at) => ({ kind: "dot", from: "browser", what: "message", lane, at });

/** @param {number} of @param {number} at @returns {Classroom.DotLine} */
const copy = (of, at) => ({
  kind: "dot",
  from: "server",
  what: "copy",
  lanes: "all",
  of,
  copies: 3,
  at,
});

/** @param {Classroom.Line[]} lines */
const after = (...lines) => lines.reduce(reduce, initial());

const OPEN = [HELLO, laneIs(1, "open", 0), laneIs(2, "open", 0), laneIs(3, "open", 0)];

test("who is away misses what is said, and comes back to it", () => {
  const away = after(
    ...OPEN,
    laneIs(1, "away", 2, { grace: 10, behind: 0 }),
    copy(2, 3),
    copy(2, 4),
  );
  assert.deepEqual(countsOf(away), { here: 2, away: 1 });
  assert.equal(missed(away, away.lanes[1]), 2);
  assert.equal(away.lanes[1].until, 12);
  const back = reduce(away, laneIs(1, "back", 14, { away: 12, behind: 2 }));
  assert.deepEqual(countsOf(back), { here: 3, away: 0 });
  const { state, since, away: seconds, behind } = back.lanes[1];
  assert.deepEqual([state, since, seconds, behind], ["back", 14, 12, 2]);
  assert.equal(missed(back, back.lanes[1]), 0);
  assert.equal(reduce(back, laneIs(1, "left", 20)).lanes[1].state, "left");
});

test("a network that is slow, or gone, is seen before the server knows", () => {
  /** @type {Classroom.DotLine} */
  const ping = { kind: "dot", from: "server", what: "ping", lane: 2, at: 5 };
  const asked = after(...OPEN, ping, laneIs(2, "open", 6, { behind: 4, again: 3 }));
  const { since, asked: when, behind, again } = asked.lanes[2];
  assert.deepEqual([since, when, behind, again], [0, 5, 4, 3]);
  assert.equal(
    reduce(asked, { ...ping, from: "browser", what: "pong", at: 7 }).lanes[2].asked,
    null,
  );
});

test("who has sent is counted once each, without who has asked", () => {
  /** @type {Classroom.DotsLine} */
  const crowd = {
    ...{ kind: "dots", from: "browser", what: "message", lanes: [1, 2, 3] },
    ...{ count: 3, copies: 0, at: 4, until: 4.2 },
  };
  /** @type {Classroom.DotsLine} */
  const copies = { ...crowd, from: "server", what: "copy", lanes: "all", copies: 9, until: 4.4 };
  const start = [...OPEN, message(1, 1), { kind: /** @type {const} */ ("send_now"), at: 2 }];
  const one = after(
    ...start,
    message(1, 3),
    copy(1, 3.1),
    message(1, 3.5),
    copy(1, 3.6),
    message(3, 3.5),
  );
  assert.ok(one.round);
  assert.deepEqual(figuresOf(one.round), { sent: 1, expected: 2, apart: 0, copies: 3, within: 0 });
  const all = [crowd, copies].reduce(reduce, one);
  assert.ok(all.round);
  const { sent, apart, copies: out, within } = figuresOf(all.round);
  assert.deepEqual([sent, out], [2, 12]);
  assert.ok(Math.abs(apart - 1.1) < 1e-9 && Math.abs(within - 1.3) < 1e-9);
  assert.equal(all.told, 5);
});

test("a moment is shown when all that belongs to it has come", () => {
  const playback = makePlayback();
  playback.add(OPEN, 10_000);
  playback.step(11_000); // a second later, of which some is kept back
  assert.ok(playback.moment() > 0 && playback.moment() < 1);
  playback.add([copy(1, 2), message(1, 1.9)], 12_050);
  playback.step(12_300);
  const [flight, ...others] = playback.flights();
  assert.deepEqual(others, []);
  assert.deepEqual([flight.from, flight.lane], ["browser", 1]);
  assert.ok(Math.abs(flight.place - (1.6 - 1.9 + FLIGHT) / FLIGHT) < 1e-6);
  playback.step(12_700);
  assert.deepEqual(
    playback.flights().map(({ what }) => what),
    ["copy"],
  );
  assert.equal(playback.room().told, 1);
  playback.add([laneIs(1, "away", 12.9), laneIs(1, "back", 13, { away: 0.1, behind: 40 })], 13_100);
  playback.step(13_900);
  assert.deepEqual(new Set(playback.flights().map(({ lane }) => lane)), new Set([1]));
  assert.ok(playback.flights().length <= 12);
});

test("slow motion falls behind, and at full speed it is now again", () => {
  const playback = makePlayback();
  playback.add(OPEN, 0);
  playback.step(2_000);
  playback.setSpeed(1 / 20);
  playback.step(4_000);
  assert.ok(Math.abs(playback.moment() - 1.4) < 1e-9);
  assert.ok(Math.abs(playback.behind(4_000) - 1.9) < 1e-9);
  playback.setSpeed(1);
  playback.step(4_001);
  assert.equal(playback.behind(4_001), 0);
});

test("the last seconds can be seen once more, with everybody as they were then", () => {
  const playback = makePlayback();
  playback.add(OPEN, 0);
  for (let second = 1; second <= 20; second += 1) {
    playback.add([copy(1, second)], second * 1_000);
    playback.step(second * 1_000);
  }
  playback.add([laneIs(2, "away", 19, { grace: 10 })], 20_000);
  playback.step(20_000);
  assert.equal(playback.room().told, 19);
  assert.equal(playback.room().lanes[2].state, "away");
  playback.again(20_000);
  assert.ok(playback.isAgain());
  assert.equal(playback.room().told, 14);
  assert.equal(playback.room().lanes[2].state, "open");
  playback.step(22_000);
  assert.equal(playback.room().told, 16);
  playback.step(25_000);
  assert.ok(!playback.isAgain());
  assert.equal(playback.behind(25_000), 0);
  assert.equal(playback.room().told, 20);
});

test("what comes too late is shown as if it had come in time, and an hour is not kept", () => {
  const playback = makePlayback();
  playback.add(OPEN, 0);
  for (let second = 1; second <= 3_600; second += 1) {
    playback.add([copy(1, second), message(2, second)], second * 1_000);
    playback.step(second * 1_000);
  }
  playback.add([copy(1, 3_500)], 3_600_000);
  assert.equal(playback.room().told, 3_600);
  playback.again(3_600_000);
  assert.equal(playback.room().told, 3_595);
});
