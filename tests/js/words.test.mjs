// js/words.js: texts and times in the reader's language.

import assert from "node:assert/strict";
import { test } from "node:test";

import { daysAgo, inOwnZone, makeTimes, makeWords, nextMidnight } from "#js/words.js";

const STRINGS = {
  "client.hello": "Hello {name}, {name}!",
  "client.slow.one": "{count} second",
  "client.slow.other": "{count} seconds",
  "client.until": "until {time}",
};
const words = makeWords(STRINGS, "en");
const times = { until: (/** @type {Date} */ date) => date.toISOString() };

test("a text takes its parameters, and braces in them stay what they are", () => {
  assert.equal(words.t("client.hello", { name: "{name}" }), "Hello {name}, {name}!");
});

test("a text that is missing is a defect", () => {
  assert.throws(() => words.t("client.nothing"), /client\.nothing/);
});

test("numbers choose the form and are written as the language has them", () => {
  assert.equal(words.count("client.slow", 1), "1 second");
  assert.equal(words.count("client.slow", 1_000), "1,000 seconds");
});

test("a phrase of the state is said with its count or its time", () => {
  assert.equal(words.say(["client.slow", { count: 2 }], times), "2 seconds");
  const until = "2026-11-23T02:08:00.000Z";
  assert.equal(words.say(["client.until", { until }], times), `until ${until}`);
  assert.equal(words.say(["client.hello", { name: "Ana" }], times), "Hello Ana, Ana!");
});

test("times are written as the reader's own country does, where it speaks the page's language", () => {
  const evening = new Date(2026, 10, 23, 21, 5);
  assert.equal(makeTimes("en", ["pt-BR", "en-GB"]).short(evening), "21:05");
  assert.match(makeTimes("en", ["en-US"]).short(evening), /^9:05\sPM/);
});

test("a time of today is short, one of another day has its date", () => {
  const { until } = makeTimes("en", ["en-GB"]);
  assert.match(until(new Date()), /^\d\d:\d\d$/);
  assert.match(until(new Date(2020, 0, 1)), /2020/);
});

test("days are those of the calendar, whatever the hour", () => {
  const now = new Date(2026, 10, 23, 0, 1);
  assert.equal(daysAgo(new Date(2026, 10, 22, 23, 59), now), 1);
  assert.equal(daysAgo(now, now), 0);
  assert.equal(nextMidnight(now), new Date(2026, 10, 24).getTime());
});

test("the server's instants are said by the reader's clock", () => {
  const text = "Banned:\nAna: 2026-11-23 22:15 UTC\nBia: for ever\nRui: 2027-01-01 00:00 UTC";
  assert.equal(
    inOwnZone(text, times),
    "Banned:\nAna: 2026-11-23T22:15:00.000Z\nBia: for ever\nRui: 2027-01-01T00:00:00.000Z",
  );
  assert.equal(
    inOwnZone("2026-11-23 22:15 is no instant", times),
    "2026-11-23 22:15 is no instant",
  );
});
