// Numbers of the wire as the reader writes them, and bytes in hexadecimal and in bits.

/** @param {string} lang */
export function makeNumbers(lang) {
  const unit = (/** @type {string} */ name, /** @type {Intl.NumberFormatOptions} */ digits) =>
    new Intl.NumberFormat(lang, { style: "unit", unit: name, unitDisplay: "short", ...digits });
  const few = unit("millisecond", { maximumSignificantDigits: 3 });
  const many = unit("millisecond", { maximumFractionDigits: 0 });
  const long = unit("second", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const clock = new Intl.NumberFormat(lang, { minimumFractionDigits: 3, maximumFractionDigits: 3 });
  return {
    /**
     * A short time, which is given in seconds.
     * @param {number} seconds
     */
    span(seconds) {
      if (seconds >= 1) return long.format(seconds);
      return (seconds < 0.1 ? few : many).format(seconds * 1_000);
    },
    /**
     * A moment, in seconds since the beginning.
     * @param {number} at
     */
    moment: (at) => clock.format(at),
  };
}

/** @param {number} byte */
export function hexOf(byte) {
  return byte.toString(16).padStart(2, "0");
}

/** @param {number} byte */
export function bitsOf(byte) {
  return byte.toString(2).padStart(8, "0");
}

/**
 * @param {string} hex
 * @returns {Uint8Array}
 */
export function bytesOf(hex) {
  const bytes = new Uint8Array(hex.length >> 1);
  for (let i = 0; i < bytes.length; i += 1) bytes[i] = parseInt(hex.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}
