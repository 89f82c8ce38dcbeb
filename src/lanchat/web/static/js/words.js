// The catalogue's texts and the reader's way of writing times.

/** `t(key, params)` and `count(key, n)` over the texts that the page carries. */
export function makeWords(strings, lang) {
  const plural = new Intl.PluralRules(lang);
  const number = new Intl.NumberFormat(lang);

  const t = (key, params = {}) => {
    if (!(key in strings)) throw new Error(`no text for ${key}`);
    return strings[key].replace(/\{(\w+)\}/g, (_, name) => params[name]);
  };
  const count = (key, n, params = {}) => {
    const form = plural.select(n) === "one" ? "one" : "other";
    return t(`${key}.${form}`, { ...params, count: number.format(n) });
  };
  /** A text by its key and parameters, as the state has them. */
  const say = ([key, params], times) => {
    if ("count" in params) return count(key, params.count);
    return t(key, params.until ? { time: times.until(new Date(params.until)) } : params);
  };
  return { t, count, say };
}

/** Times in the reader's own locale where it speaks the page's language: en-GB, not en. */
export function makeTimes(lang, languages = navigator.languages) {
  const language = (tag) => tag.split("-")[0];
  const own = languages.find((tag) => language(tag) === language(lang)) ?? lang;
  const short = new Intl.DateTimeFormat(own, { hour: "2-digit", minute: "2-digit" });
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

/** How many whole days before today a date lies: 0 is today, 1 yesterday. */
export function daysAgo(date, now) {
  return Math.round((midnight(now) - midnight(date)) / 86_400_000);
}

/** The next beginning of a day, local time. */
export function nextMidnight(now) {
  return midnight(now, 1);
}

function midnight(date, later = 0) {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + later).getTime();
}
