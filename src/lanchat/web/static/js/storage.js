// What outlives a reload. A browser may forbid storage: then it just does not.

/** `load()` and `save(value)` of one JSON value; an empty value takes it away. */
export function keep(storage, key) {
  return {
    load() {
      try {
        return JSON.parse(window[storage].getItem(key));
      } catch {
        return null;
      }
    },
    save(value) {
      try {
        if (value === null || value.length === 0) window[storage].removeItem(key);
        else window[storage].setItem(key, JSON.stringify(value));
      } catch {
        // Full or forbidden: the page works on without it.
      }
    },
  };
}
