// Whether the page's own connection is a WebSocket: of one by polling nothing can be seen.

const UPGRADED_WITHIN = 5_000; // milliseconds, where it begins with polling

/**
 * Calls `onChange` with whether it stays with polling, as soon as that is known.
 * @param {Engine} engine
 * @param {(polls: boolean) => void} onChange
 */
export function watchPolling(engine, onChange) {
  if (engine.transport.name !== "polling") {
    onChange(false);
    return;
  }
  const timer = setTimeout(() => onChange(true), UPGRADED_WITHIN);
  engine.on("upgrade", () => {
    clearTimeout(timer);
    onChange(false);
  });
  engine.on("close", () => clearTimeout(timer));
}
