// The files of messages that wait to be sent, two on their way at a time, oldest first. What the
// network interrupts goes on where it was.

import { checksumOf } from "./checksum.js";
import { makeProgress } from "./progress.js";
import { makeRequests } from "./request.js";
import { upload } from "./upload.js";

const AT_ONCE = 2;
const PAUSES = [500, 1_000, 2_000, 4_000, 8_000]; // milliseconds, by troubles in a row

/**
 * `find(key)` promises what is sent under a key, or null; `drop(key)` forgets it; `isKept(key)` is
 * whether it stands above the composer again.
 * @param {HTMLElement} rows
 * @param {{
 *   words: Words, getState: () => State, dispatch: Dispatch, onWhole: () => void,
 *   find: (key: string) => Promise<Prepared | null>, drop: (key: string) => void,
 *   isKept: (key: string) => boolean,
 * }} options
 */
export function mountQueue(rows, options) {
  const { words, getState, dispatch, onWhole, find, drop, isKept } = options;
  const progress = makeProgress(rows, { words, getState });
  /** @type {Map<string, { stop: () => void, wake: () => void }>} */
  const jobs = new Map();
  /** @type {Map<string, { client_id: string, file: DraftFile }>} */
  let known = new Map(); // all that waited a moment ago

  /** @type {Part["update"]} */
  function update(state) {
    const drafts = state.outbox.filter(({ files }) => files !== undefined);
    /** @type {typeof known} */
    const now = new Map();
    for (const { client_id, files = [] } of drafts) {
      for (const file of files) now.set(file.key, { client_id, file });
    }
    for (const [key, { client_id, file }] of known) {
      if (!now.has(key)) forget(state, { client_id, file });
    }
    // Those whose turn it is not yet would be lost by a reload, too.
    for (const key of now.keys()) if (!known.has(key)) find(key);
    known = now;
    const wanted = drafts
      .filter(({ error }) => error === null)
      .flatMap(({ client_id, files = [] }) => files.map((file) => ({ client_id, file })))
      .filter(({ file }) => file.whole !== true);
    for (const [key, job] of jobs) {
      if (!wanted.some(({ file }) => file.key === key)) job.stop();
      else if (state.joined) job.wake();
    }
    if (state.joined) {
      for (const { client_id, file } of wanted) {
        if (jobs.size < AT_ONCE && !jobs.has(file.key)) start(client_id, file);
      }
    }
    progress.update(state);
  }

  /**
   * What does not wait any more: its message is said, or nobody wants it.
   * @param {State} state
   * @param {{ client_id: string, file: DraftFile }} gone
   */
  function forget({ messages }, { client_id, file }) {
    progress.forget(file.key);
    if (isKept(file.key)) return;
    const said = messages.some((message) => message.client_id === client_id);
    if (!said && file.upload !== undefined) giveUp(file.upload);
    drop(file.key);
  }

  /** @param {string} id */
  function giveUp(id) {
    makeRequests().ask("DELETE", `files/${id}`, { headers: { "Tus-Resumable": "1.0.0" } });
  }

  /**
   * @param {string} client_id
   * @param {DraftFile} file
   */
  async function start(client_id, file) {
    const { key } = file;
    const requests = makeRequests();
    let stopped = false;
    /** @type {(() => void) | null} */
    let wake = null;
    jobs.set(key, {
      stop() {
        stopped = true;
        requests.stop();
        wake?.();
      },
      wake: () => wake?.(),
    });

    const isWanted = () => !stopped;

    /** @param {Partial<DraftFile>} change */
    function note(change) {
      dispatch({ type: "fileChanged", client_id, key, change });
    }

    /**
     * Until it is worth another try: also once the connection is back.
     * @param {number} troubles
     * @param {number} seconds
     */
    function rest(troubles, seconds) {
      const pause = PAUSES[Math.min(troubles, PAUSES.length) - 1];
      return new Promise((/** @type {(_: void) => void} */ done) => {
        const timer = setTimeout(finish, Math.max(pause, 1_000 * seconds));
        const wasJoined = getState().joined;
        // Somebody who comes back has not waited for nothing.
        wake = () => {
          if (stopped || !wasJoined) finish();
        };
        function finish() {
          clearTimeout(timer);
          wake = null;
          done();
        }
      });
    }

    const result = await send();
    jobs.delete(key);
    if (stopped || result === null) {
      update(getState());
      return;
    }
    if ("error" in result) {
      const { code, message } = result.error;
      const lost = code === "unreadable" ? words.t("client.files.lost") : "";
      const text = message || lost || words.t("client.no_connection");
      dispatch({ type: "draftRefused", client_id, error: { code, message: text } });
    } else {
      note({ upload: result.id, whole: true, thumb: result.thumb });
      onWhole();
    }
    update(getState());

    /** @returns {Promise<{ id: string, thumb: boolean } | { error: Refusal } | null>} */
    async function send() {
      const prepared = await find(key);
      if (prepared === null) return { error: { code: "unreadable", message: "" } };
      const { blob, name, type, width, height, thumb } = prepared;
      const facts = { name, type, ...(width && height && { width, height }) };
      note({ ...facts, size: blob.size }); // also where it is shown: after a reload nothing was
      const sent = await upload(
        { ...facts, blob, ...(file.upload !== undefined && { id: file.upload }) },
        {
          ...{ ask: requests.ask, checksum: checksumOf, rest, now: () => performance.now() },
          isWanted,
          onBegun: (id) => note({ upload: id }),
          onProgress: (bytes) => progress.moved(key, bytes),
        },
      );
      if (sent === null || "error" in sent || thumb === undefined) {
        return sent && { ...sent, thumb: false };
      }
      return { ...sent, thumb: await sendThumb(sent.id, thumb) };
    }

    /**
     * Whether the small picture is there, too.
     * @param {string} id
     * @param {Blob} thumb
     */
    async function sendThumb(id, thumb) {
      for (let tries = 1; isWanted() && tries <= PAUSES.length; tries += 1) {
        const { status } = await requests.ask("PUT", `files/${id}/thumb`, { body: thumb });
        if (status > 0 && status !== 423 && status !== 429) return status === 204;
        await rest(tries, 0);
      }
      return false;
    }
  }

  return { update };
}
