// js/words.js: texts and times in the reader's language.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
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

const LANGUAGES = ["en", "de", "es", "fr", "pt-BR"];
/** Spaces of any width are one, since versions of Unicode's data differ in them. */
const spaced = (/** @type {string} */ text) => text.replace(/\s/g, " ");

/**
 * @param {string} lang
 * @returns {Record<string, string>}
 */
function catalogue(lang) {
  const name = `../../src/lanchat/locales/${lang.replace("-", "_")}.json`;
  return JSON.parse(readFileSync(new URL(name, import.meta.url), "utf-8"));
}

test("every text with a number has the form that the language asks for", () => {
  /** @type {Record<string, number[]>} */
  const ones = { en: [1], de: [1], es: [1], fr: [0, 1], "pt-BR": [0, 1] };
  for (const lang of LANGUAGES) {
    const strings = catalogue(lang);
    const { count, t } = makeWords(strings, lang);
    const keys = Object.keys(strings).filter((key) => key.endsWith(".one"));
    assert.ok(keys.length > 5);
    for (const key of keys.map((one) => one.slice(0, -".one".length))) {
      // A million is "many" in French, Spanish and Portuguese: in digits it is said like others.
      for (const n of [0, 1, 2, 5, 1_000_000]) {
        const form = ones[lang].includes(n) ? "one" : "other";
        const number = new Intl.NumberFormat(lang).format(n);
        const params = { names: "Ana", time: "21:05" };
        assert.equal(count(key, n, params), t(`${key}.${form}`, { ...params, count: number }));
      }
    }
  }
});

test("browsers write whole numbers as the server does", () => {
  /** @type {Record<string, string>} */
  const written = { en: "10,000", de: "10.000", es: "10.000", fr: "10 000", "pt-BR": "10.000" };
  for (const lang of LANGUAGES) {
    const { count } = makeWords({ "n.other": "{count}" }, lang);
    assert.equal(spaced(count("n", 10_000)), written[lang]);
  }
});

test("names are joined as the language does", () => {
  const joined = (/** @type {string} */ lang, /** @type {string[]} */ ...names) =>
    makeWords({}, lang)
      .list(names)
      .map(({ value }) => value)
      .join("");
  assert.equal(joined("de", "Ana", "Bia", "Rui"), "Ana, Bia und Rui");
  assert.equal(joined("es", "Ana", "Inés"), "Ana e Inés");
  assert.equal(joined("fr", "Ana", "Bia", "Rui"), "Ana, Bia et Rui");
});

test("times, days and dates are written as in each language", () => {
  const evening = new Date(2020, 10, 23, 21, 5, 7);
  /** @type {Record<string, [string, string, string]>} */
  const written = {
    "en-GB": ["21:05", "Monday", "23 November 2020"],
    "de-AT": ["21:05", "Montag", "23. November 2020"],
    "es-ES": ["21:05", "lunes", "23 de noviembre de 2020"],
    "fr-BE": ["21:05", "lundi", "23 novembre 2020"],
    "pt-PT": ["21:05", "segunda-feira", "23 de novembro de 2020"],
  };
  for (const [own, [time, weekday, date]] of Object.entries(written)) {
    const lang = LANGUAGES.find((tag) => tag.slice(0, 2) === own.slice(0, 2)) ?? "";
    // Another language of the reader's does not write the page's times.
    const reader = makeTimes(lang, ["ja", own, "en-US"]);
    assert.equal(reader.short(evening), time);
    for (const text of [reader.day(evening), reader.full(evening), reader.until(evening)]) {
      assert.ok(text.startsWith(weekday) && text.includes(date), text);
    }
    assert.ok(reader.full(evening).includes("21:05:07"));
  }
  assert.match(makeTimes("es", ["es-MX"]).short(evening), /^0?9:05\sp/);
  assert.equal(makeTimes("de", ["it"]).short(new Date(2020, 10, 23, 3, 5)), "03:05");
});
