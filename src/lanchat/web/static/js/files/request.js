// Requests for files. XMLHttpRequest tells how much of a body is on its way, as fetch does not.

const SILENT_FOR = 30_000; // milliseconds without a byte; the server lets one wait for 20 s

/**
 * A function that asks the server, and promises its answer; a status of 0 is none. `stop` ends what
 * is on its way.
 */
export function makeRequests() {
  /** @type {Set<XMLHttpRequest>} */
  const open = new Set();

  /** @type {Ask} */
  function ask(method, address, { headers = {}, body = null, onProgress } = {}) {
    return new Promise((done) => {
      const request = new XMLHttpRequest();
      let timer = 0;
      const watch = () => {
        clearTimeout(timer);
        timer = window.setTimeout(() => request.abort(), SILENT_FOR);
      };
      request.open(method, address);
      for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
      request.upload.addEventListener("progress", ({ loaded }) => {
        watch();
        onProgress?.(loaded);
      });
      request.addEventListener("loadend", () => {
        clearTimeout(timer);
        open.delete(request);
        done(answerOf(request));
      });
      open.add(request);
      watch();
      request.send(body);
    });
  }

  function stop() {
    for (const request of open) request.abort();
  }

  return { ask, stop };
}

/**
 * @param {XMLHttpRequest} request
 * @returns {Answered}
 */
function answerOf(request) {
  return {
    status: request.status,
    header: (name) => request.getResponseHeader(name),
    error: errorIn(request.responseText),
  };
}

/**
 * Why the server has refused something, where it says so.
 * @param {string} text
 * @returns {Refusal | null}
 */
function errorIn(text) {
  try {
    return JSON.parse(text).error ?? null;
  } catch {
    return null;
  }
}
