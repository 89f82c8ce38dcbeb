// The catalogue's texts and the reader's way of writing times.

/**
 * Over the texts that the page carries, and those that are added later.
 * @param {Readonly<Record<string, string>>} strings
 * @param {string} lang
 * @returns {Words}
 */
export function makeWords(strings, lang) {
  const all = { ...strings };
  const plural = new Intl.PluralRules(lang);
  const number = new Intl.NumberFormat(lang);

  /** @type {Words["t"]} */
  const t = (key, params = {}) => {
    const text = all[key];
    if (text === undefined) throw new Error(`no text for ${key}`);
    return text.replace(/\{(\w+)\}/g, (_, name) => String(params[name]));
  };
  /** @type {Words["count"]} */
  const count = (key, n, params = {}) => {
    const form = plural.select(n) === "one" ? "one" : "other";
    return t(`${key}.${form}`, { ...params, count: number.format(n) });
  };
  /** @type {Words["say"]} */
  const say = ([key, params], times) => {
    const { count: n, until } = params;
    if (typeof n === "number") return count(key, n);
    return t(key, until ? { time: times.until(new Date(until)) } : params);
  };
  const conjunction = new Intl.ListFormat(lang);
  /** @type {Words["list"]} */
  const list = (items) => conjunction.formatToParts(items);
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"];
  /** @type {Words["size"]} */
  const size = (bytes) => {
    const step = Math.min(3, Math.floor(Math.log10(Math.max(bytes, 1)) / 3));
    const value = bytes / 1_000 ** step;
    const style = { style: "unit", unit: units[step], unitDisplay: step ? "short" : "long" };
    const digits = value < 10 && step > 1 ? 1 : 0;
    const how = /** @type {Intl.NumberFormatOptions} */ ({
      ...style,
      maximumFractionDigits: digits,
    });
    return new Intl.NumberFormat(lang, how).format(value);
  };
  const add = (/** @type {typeof strings} */ more) => {
    Object.assign(all, more);
  };
  return { t, count, say, list, size, add };
}

/**
 * Times in the reader's own locale where it speaks the page's language: en-GB, not en.
 * @param {string} lang
 * @param {readonly string[]} languages
 * @returns {Times}
 */
export function makeTimes(lang, languages = navigator.languages) {
  const language = (/** @type {string} */ tag) => tag.split("-")[0];
  const own = languages.find((tag) => language(tag) === language(lang)) ?? lang;
  const { hour12 } = new Intl.DateTimeFormat(own, { hour: "numeric" }).resolvedOptions();
  const hour = hour12 ? "numeric" : "2-digit"; // 3:46 PM, but 03:46
  const short = new Intl.DateTimeFormat(own, { hour, minute: "2-digit" });
  const full = new Intl.DateTimeFormat(own, { dateStyle: "full", timeStyle: "medium" });
  const day = new Intl.DateTimeFormat(own, { weekday: "long", day: "numeric", month: "long" });
  const dayAndYear = new Intl.DateTimeFormat(own, { dateStyle: "full" });
  return {
    short: (date) => short.format(date),
    full: (date) => full.format(date),
    until: (date) => (daysAgo(date, new Date()) === 0 ? short : full).format(date),
    day: (date) =>
      (date.getFullYear() === new Date().getFullYear() ? day : dayAndYear).format(date),
  };
}

/**
 * A text of the server's with its instants (2026-11-23 22:15 UTC) as its reader writes times.
 * @param {string} text
 * @param {Pick<Times, "until">} times
 */
export function inOwnZone(text, times) {
  return text.replace(/\b(\d{4}-\d\d-\d\d) (\d\d:\d\d) UTC\b/g, (_, day, time) =>
    times.until(new Date(`${day}T${time}Z`)),
  );
}

/**
 * How many whole days before today a date lies: 0 is today, 1 yesterday.
 * @param {Date} date
 * @param {Date} now
 */
export function daysAgo(date, now) {
  return Math.round((midnight(now) - midnight(date)) / 86_400_000);
}

/**
 * The next beginning of a day, local time.
 * @param {Date} now
 */
export function nextMidnight(now) {
  return midnight(now, 1);
}

/**
 * @param {() => void} call
 */
export function atEachMidnight(call) {
  const now = new Date();
  setTimeout(
    () => {
      call();
      atEachMidnight(call);
    },
    nextMidnight(now) - now.getTime(),
  );
}

/** @param {Date} date */
function midnight(date, later = 0) {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + later).getTime();
}
