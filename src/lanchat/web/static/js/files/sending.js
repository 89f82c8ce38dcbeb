// Files from the moment in which they are chosen until a message has them: they stand in the tray
// above the composer, then wait in the queue with their message. Loaded with the first file.

import { mountAim } from "./aim.js";
import { clearFiles, dropFile, keepFile, keptFile, sweepFiles } from "./keeping.js";
import { mountQueue } from "./queue.js";
import { loadSheet } from "../sheets.js";
import { asItIs, prepare } from "./shrink.js";
import { mountTray } from "./tray.js";
import { byId } from "../dom.js";
import { newClientId } from "../protocol.js";

const OF_A_MESSAGE = 10; // that the server takes

/**
 * `isOff(state)` is whether one may not send files just now.
 * @param {{
 *   words: Words, limit: number, isOff: (state: State) => boolean, getState: () => State,
 *   dispatch: Dispatch, tell: (text: string) => void, onChange: () => void, onWhole: () => void,
 * }} options
 */
export function mountSending(options) {
  const { words, limit, isOff, getState, tell, onChange } = options;
  /** @type {Map<string, Holding>} */
  const held = new Map();
  /** @type {string[]} */
  let chosen = []; // keys
  let original = false;
  let wasOff = false;
  /** @type {Map<string, boolean>} */
  const kept = new Map(); // by key, whether it outlives a reload
  let keeping = Promise.resolve();
  /** @type {Promise<unknown>} */
  let turn = Promise.resolve();

  const shelf = mountTray(byId("tray", HTMLElement), {
    words,
    onRemove(key) {
      chosen = chosen.filter((one) => one !== key);
      drop(key);
      draw();
    },
    onOriginal(is) {
      original = is;
      for (const key of chosen) makeReady(key);
      draw();
    },
  });
  window.addEventListener("beforeunload", (event) => {
    if (![...kept.values()].includes(false)) return;
    event.preventDefault(); // the browser asks
    event.returnValue = "";
  });
  const queue = mountQueue(byId("rows", HTMLElement), {
    ...options,
    find,
    drop,
    isKept: (key) => chosen.includes(key),
  });
  const aim = mountAim();
  loadSheet("page-files");
  sweepFiles();

  /** @param {readonly File[]} files */
  function add(files) {
    for (const file of files.map(called)) {
      if (file.size > limit) {
        tell(words.t("client.files.too_large", { name: file.name, size: words.size(limit) }));
      } else {
        const key = newClientId();
        held.set(key, {
          file,
          draft: { key, name: file.name || "file", type: file.type, size: file.size },
        });
        chosen.push(key);
        makeReady(key);
      }
    }
    draw();
  }

  /** @param {string} key */
  function makeReady(key) {
    const holding = held.get(key);
    if (holding?.file === undefined) return;
    const { name, type, size } = holding.file;
    const { file } = holding;
    // One after the other: each takes the memory of a whole picture.
    const making = turn.then(() => prepare(file, original)).catch(() => asItIs(file));
    turn = making;
    holding.prepared = making;
    holding.draft = { key, name, type, size };
    making.then((prepared) => {
      if (holding.prepared !== making) return; // one has asked for something else meanwhile
      take(holding, prepared);
      if (chosen.includes(key)) draw();
    });
  }

  /**
   * @param {Holding} holding
   * @param {Prepared} prepared
   */
  function take(holding, prepared) {
    const { name, type, width, height, thumb } = prepared;
    const facts = {
      name,
      type,
      size: prepared.blob.size,
      ...(width && height && { width, height }),
    };
    holding.draft = { ...holding.draft, ...facts };
    holding.made = prepared;
    if (holding.url === undefined && thumb) holding.url = URL.createObjectURL(thumb);
  }

  function draw() {
    shelf.show(
      chosen.flatMap((key) => held.get(key) ?? []),
      original,
      isOff(getState()),
    );
    onChange();
  }

  /**
   * What is sent under this key; null where it is not there any more.
   * @param {string} key
   */
  async function find(key) {
    const holding = held.get(key);
    if (holding !== undefined) {
      const prepared = await holding.prepared;
      if (prepared && !kept.has(key)) keep(key, prepared);
      return prepared ?? null;
    }
    const prepared = await keptFile(key);
    if (prepared === null) return null;
    /** @type {Holding} */
    const found = {
      draft: { key, name: "", type: "", size: 0 },
      prepared: Promise.resolve(prepared),
    };
    take(found, prepared);
    held.set(key, found);
    return prepared;
  }

  /**
   * @param {string} key
   * @param {Prepared} prepared
   */
  function keep(key, prepared) {
    kept.set(key, false);
    keeping = keeping.then(async () => {
      const done = await keepFile(key, prepared);
      if (kept.has(key)) kept.set(key, done);
      else if (done) dropFile(key); // it has gone meanwhile
    });
  }

  /** @param {string} key */
  function drop(key) {
    kept.delete(key);
    const url = held.get(key)?.url;
    if (url !== undefined) URL.revokeObjectURL(url);
    held.delete(key);
    dropFile(key);
  }

  /** The files of the next messages: the tray is empty from now on. */
  function takeAll() {
    const files = chosen.flatMap((key) => held.get(key)?.draft ?? []);
    chosen = [];
    original = false;
    draw();
    const parts = [];
    for (let at = 0; at < files.length; at += OF_A_MESSAGE) {
      parts.push(files.slice(at, at + OF_A_MESSAGE));
    }
    return parts;
  }

  /** @param {readonly DraftFile[]} files */
  async function restore(files) {
    const keys = files.map(({ key }) => key);
    chosen = [...keys, ...chosen];
    for (const { key, upload } of files) {
      await find(key);
      const holding = held.get(key);
      if (holding !== undefined && upload !== undefined) {
        holding.draft = { ...holding.draft, upload };
      }
    }
    chosen = chosen.filter((key) => held.has(key));
    draw();
  }

  /** @type {Part["update"]} */
  function update(state) {
    queue.update(state);
    if (chosen.length > 0 && isOff(state) !== wasOff) draw();
    wasOff = isOff(state);
  }

  return {
    ...{ add, restore, aim },
    take: takeAll,
    waits: () => chosen.length > 0,
    update,
    clear: clearFiles,
    previewOf: (/** @type {string} */ key) => held.get(key)?.url,
  };
}

/**
 * A file by the name that the others will read: what turns letters round can make a program look
 * like a picture, to whoever passes it on, too.
 * @param {File} file
 */
function called(file) {
  const name = file.name.replace(/\p{Bidi_Control}/gu, "");
  return name === file.name ? file : new File([file], name, { type: file.type });
}
