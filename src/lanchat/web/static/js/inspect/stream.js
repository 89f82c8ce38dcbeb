// What the server says about one's own connections: lines of JSON in an answer of HTTP, for as long
// as the page is there. It ends after half an hour, and breaks with the network: then it comes again.

const SILENT_FOR = 10_000; // milliseconds without a sign, of which there is one each second
const AGAIN_AFTER = [500, 1_000, 2_000, 4_000];
const FULL_AGAIN_AFTER = 10_000;

/**
 * Why there are no lines: `full` where too many look, `out` where the session is over, `off` where
 * the server lets nobody look.
 * @type {Readonly<Record<number, "full" | "out" | "off">>}
 */
const REFUSALS = { 429: "full", 403: "out", 404: "off" };

/**
 * Calls `onLines` with what has come, line by line, and `onState` with how it is: `looking`,
 * `away` (it comes again by itself) or a refusal, of which `full` is tried again as well.
 * @param {string} url
 * @param {{
 *   onLines: (lines: readonly any[]) => void,
 *   onState: (state: "looking" | "away" | "full" | "out" | "off") => void,
 * }} options
 */
export function openStream(url, { onLines, onState }) {
  let failures = 0;
  let stop = new AbortController();
  /** @type {(() => void) | null} */
  let wake = null;

  /** Read one answer to its end: what has become of it. */
  async function readOnce() {
    stop = new AbortController();
    const watch = watched(() => stop.abort());
    try {
      const answer = await fetch(url, { signal: stop.signal, cache: "no-store" });
      if (!answer.ok || answer.body === null) return REFUSALS[answer.status] ?? "away";
      failures = 0;
      onState("looking");
      await readLines(answer.body, (lines) => {
        watch.sign();
        if (lines.length > 0) onLines(lines);
      });
      return "ended";
    } catch {
      return "away";
    } finally {
      watch.end();
    }
  }

  async function run() {
    for (;;) {
      const became = await readOnce();
      if (became !== "ended") onState(became);
      if (became === "out" || became === "off") return;
      const pause = AGAIN_AFTER[Math.min(failures, AGAIN_AFTER.length - 1)];
      failures += 1;
      await rest(became === "full" ? FULL_AGAIN_AFTER : pause);
    }
  }

  /**
   * @param {number} milliseconds
   * @returns {Promise<void>}
   */
  function rest(milliseconds) {
    return new Promise((done) => {
      wake = done;
      setTimeout(done, milliseconds);
    });
  }

  // Nobody waits longer than they have to when the network is back.
  window.addEventListener("online", () => wake?.());
  window.addEventListener("offline", () => stop.abort());
  run();
  return { hurry: () => wake?.() };
}

/**
 * Calls `onSilence` where there was no sign for long.
 * @param {() => void} onSilence
 */
function watched(onSilence) {
  let timer = setTimeout(onSilence, SILENT_FOR);
  return {
    sign() {
      clearTimeout(timer);
      timer = setTimeout(onSilence, SILENT_FOR);
    },
    end: () => clearTimeout(timer),
  };
}

/**
 * @param {ReadableStream<Uint8Array>} body
 * @param {(lines: any[]) => void} onLines
 */
async function readLines(body, onLines) {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (rest + decoder.decode(value, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    onLines(lines.filter((line) => line !== "").map((line) => JSON.parse(line)));
  }
}
