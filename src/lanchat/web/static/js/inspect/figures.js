// How the page writes numbers and times, pure.

/**
 * How numbers and times are written in a language; of the day's in the reader's own locale where
 * it speaks that, as makeTimes does it.
 * @param {string} lang
 * @param {readonly string[]} languages
 */
export function makeFigures(lang, languages = navigator.languages) {
  const [spoken] = lang.split("-");
  const own = languages.find((tag) => tag.split("-")[0] === spoken) ?? lang;
  const clock = new Intl.DateTimeFormat(own, { timeStyle: "medium" });
  const whole = new Intl.NumberFormat(lang);
  const percent = new Intl.NumberFormat(lang, { style: "percent", maximumFractionDigits: 0 });
  const unit = (/** @type {string} */ name, /** @type {Intl.NumberFormatOptions} */ digits) =>
    new Intl.NumberFormat(lang, { style: "unit", unit: name, unitDisplay: "short", ...digits });
  const small = unit("millisecond", { maximumSignificantDigits: 2 });
  const milliseconds = unit("millisecond", { maximumFractionDigits: 1 });
  const many = unit("millisecond", { maximumFractionDigits: 0 });
  const seconds = unit("second", { maximumFractionDigits: 1 });
  const moment = new Intl.NumberFormat(lang, {
    minimumFractionDigits: 3,
    maximumFractionDigits: 3,
  });
  const minutes = unit("minute", { maximumFractionDigits: 1 });

  /** @param {number} length */
  const time = (length) => {
    const ms = 1_000 * length;
    if (ms < 1) return small.format(ms);
    if (ms < 100) return milliseconds.format(ms);
    if (ms < 1_000) return many.format(ms);
    return length < 120 ? seconds.format(length) : minutes.format(length / 60);
  };
  return {
    time,
    /** Seconds since the beginning. */
    moment: (/** @type {number} */ at) => moment.format(at),
    /** So many seconds before now. */
    ago: (/** @type {number} */ length) =>
      `−${length < 60 ? seconds.format(length) : minutes.format(length / 60)}`,
    /** A time of the day, which is given in seconds since 1970. */
    clock: (/** @type {number} */ at) => clock.format(new Date(1_000 * at)),
    number: (/** @type {number} */ n) => whole.format(n),
    percent: (/** @type {number} */ share) => percent.format(share),
  };
}
