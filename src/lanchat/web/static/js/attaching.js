// How files get into a message: by two buttons, which a narrow page has as one, by pasting, and by
// dropping them anywhere. All that comes of it is loaded with the first file.

import { byId, element } from "./dom.js";
import { isHost, silencedBy } from "./moderation.js";
import { whenNeeded } from "./page.js";

const NARROW = "(max-width: 40rem)";

/**
 * `limit` is how many bytes a file may have, 0 where none are taken. `more()` is what the
 * menu of a narrow page has besides. `onChange` is told when other files wait for their message than
 * before.
 * @param {{
 *   words: Words, times: Times, limit: number, overlays: Overlays, getState: () => State,
 *   dispatch: Dispatch, tell: (text: string) => void, onChange: () => void, onWhole: () => void,
 *   more: () => readonly MenuItem[],
 * }} options
 */
export function mountAttaching(options) {
  const { words, times, limit, overlays, getState, tell, more } = options;
  const form = byId("composer", HTMLElement);
  const narrow = matchMedia(NARROW);
  /** @type {ReturnType<typeof import("./files/sending.js").mountSending> | null} */
  let sending = null;
  let aimed = "";

  const load = alsoByWriting(form, limit > 0, async () => {
    const { mountSending } = await import("./files/sending.js");
    sending = mountSending({ ...options, isOff });
    sending.update(getState());
    return sending;
  });

  const inputs = { picture: input("image/*"), file: input("") };
  const buttons = {
    picture: byId("add-picture", HTMLButtonElement),
    file: byId("add-file", HTMLButtonElement),
    any: byId("add", HTMLButtonElement),
  };
  buttons.picture.addEventListener("click", () => inputs.picture.click());
  buttons.file.addEventListener("click", () => inputs.file.click());
  buttons.any.addEventListener("click", () => {
    const ofFiles = [
      { text: buttons.picture.title, symbol: "picture", onChoose: () => inputs.picture.click() },
      { text: buttons.file.title, symbol: "file", onChoose: () => inputs.file.click() },
    ];
    const items = [...(isOff(getState()) ? [] : ofFiles), ...more()];
    overlays.openMenu(buttons.any, { label: buttons.any.title, items });
  });

  // What waits is nobody else's who logs in here.
  byId("log-out", HTMLFormElement).addEventListener("submit", () => sending?.clear());
  document.addEventListener("paste", (event) => {
    const { clipboardData: data, target } = event;
    const elsewhere =
      target instanceof HTMLInputElement || document.body.querySelector(".sure:not([hidden])");
    if (data === null || elsewhere || data.files.length === 0) return;
    // What office programs copy is text, and a picture of it beside; with a file comes its name.
    const isText = ["text/html", "text/rtf"].some((type) => data.types.includes(type));
    if (isText && data.types.includes("text/plain")) return;
    event.preventDefault();
    add(data.files);
  });
  for (const type of /** @type {const} */ (["dragenter", "dragover", "drop"])) {
    document.addEventListener(type, drag);
  }
  document.addEventListener("dragleave", ({ relatedTarget }) => {
    if (relatedTarget === null) aim("");
  });

  /** @param {DragEvent} event */
  function drag(event) {
    const { dataTransfer: data, type } = event;
    if (data === null || !data.types.includes("Files")) return;
    event.preventDefault(); // else the browser opens the file in place of the page
    const why = whyNot();
    data.dropEffect = why === "" ? "copy" : "none";
    if (type === "drop") {
      aim("");
      add(data.files);
    } else if (type === "dragenter") aim(why || words.t("client.files.drop"));
  }

  /**
   * Say this over the page while files are dragged over it; they may be gone until that is loaded.
   * @param {string} text
   */
  async function aim(text) {
    aimed = text;
    if (text !== "") await load();
    sending?.aim(aimed);
  }

  /**
   * A chooser that stands ready: where a script came first, some browsers would not open it.
   * @param {string} accept
   */
  function input(accept) {
    const node = element("input");
    Object.assign(node, { type: "file", multiple: true, accept, hidden: true });
    node.addEventListener("change", () => {
      if (node.files !== null) add([...node.files]);
      node.value = "";
    });
    form.append(node);
    return node;
  }

  function whyNot() {
    const state = getState();
    const silent = silencedBy(state);
    if (silent !== null) return words.say(silent, times);
    return isOff(state) ? words.t(limit === 0 ? "client.files.none" : "client.files.off") : "";
  }

  /** @param {State} state */
  function isOff(state) {
    return limit === 0 || (state.rules.files === false && !isHost(state));
  }

  /** @param {Iterable<File>} chosen */
  async function add(chosen) {
    const files = [...chosen];
    const why = whyNot();
    if (why !== "") tell(why);
    else if ((await load()) === null) tell(words.t("client.not_loaded"));
    else {
      sending?.add(files);
      if (matchMedia("(hover: hover)").matches) byId("message", HTMLElement).focus(); // for a caption
    }
  }

  /** @type {Part["update"]} */
  function update(state) {
    const off = isOff(state);
    buttons.any.hidden = !narrow.matches || (off && more().length === 0);
    buttons.picture.hidden = off || narrow.matches;
    buttons.file.hidden = off || narrow.matches;
    if (sending !== null) sending.update(state);
    else if (state.outbox.some(({ files }) => files !== undefined)) load();
  }
  narrow.addEventListener("change", () => update(getState()));

  return {
    update,
    turn: makeTurn(() => sending),
    /** Whether files wait for their message. */
    waits: () => sending?.waits() ?? false,
    /** What the next messages have, ten files each: the tray is empty then. */
    take: () => sending?.take() ?? [],
    previewOf: (/** @type {string} */ key) => sending?.previewOf(key),
    /**
     * Bring the files of a message that was not sent back.
     * @param {readonly DraftFile[] | undefined} files
     */
    restore: (files) => files && sending?.restore(files),
  };
}

/**
 * A function to turn from one room to another: files stay where they were chosen.
 * @param {() => ReturnType<typeof import("./files/sending.js").mountSending> | null} getSending
 */
function makeTurn(getSending) {
  /** @type {Map<string, readonly DraftFile[]>} */
  const elsewhere = new Map(); // room → what was chosen there
  return (/** @type {string} */ from, /** @type {string} */ to) => {
    const sending = getSending();
    if (sending === null) return;
    elsewhere.set(from, sending.take().flat());
    sending.restore(elsewhere.get(to) ?? []);
    elsewhere.delete(to);
  };
}

/**
 * Who writes may want to send files when the network is gone, and nothing can be loaded any more.
 * @template T
 * @param {HTMLElement} form
 * @param {boolean} takesFiles
 * @param {() => Promise<T>} load
 */
function alsoByWriting(form, takesFiles, load) {
  const needed = whenNeeded(load);
  for (const type of takesFiles ? ["input", "pointerover"] : []) {
    form.addEventListener(type, () => needed(), { once: true });
  }
  return needed;
}
