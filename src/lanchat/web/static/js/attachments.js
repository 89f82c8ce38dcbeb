// A message's files: pictures by their small versions, sound and films as players, all else as
// cards. What is not there yet has its place already, so that nothing moves when it comes.

import { element, icon } from "./dom.js";
import { isPicture } from "./gist.js";

const EDGE = 320; // pixels of the longer side of a picture that stands alone
const LEAST = 48;
const MANY = 4; // pictures; more than that are smaller
const LARGE = 2_000_000; // bytes of a picture without a small one that is not shown in the list
const UNKNOWN = { width: 320, height: 240 };
const PLAYED = /^(audio|video)\//;

/**
 * A function that makes the files of a row those that are to stand there. `previewOf(key)` is the
 * address of a picture that this page is sending. Where the server has no files just now, those of
 * before are cards without a link.
 * @param {{
 *   words: Words, takesFiles: boolean, previewOf: (key: string) => string | undefined,
 * }} options
 */
export function makeAttachments({ words, takesFiles, previewOf }) {
  /**
   * @param {HTMLElement} node
   * @param {MessageRow} row
   * @param {MessageRow | undefined} before
   */
  return function fill(node, row, before) {
    const files = filesOf(row);
    if (before !== undefined && filesOf(before) === files) return;
    const old = node.querySelector(".attachments");
    if (files.length > 0) {
      const all = allOf(files, old);
      if (row.draft !== null && row.draft.error === null) all.append(sendingLine(row.draft));
      node.querySelector(".message__text")?.before(all);
    }
    old?.remove();
    node.classList.toggle("message--files", files.length > 0);
    node.classList.toggle("message--pictures", takesFiles && files.some(isShown));
  };

  /**
   * @param {readonly Shown[]} files
   * @param {Element | null} old what has been drawn once need not be loaded again
   */
  function allOf(files, old) {
    const pictures = takesFiles ? files.filter(isShown) : [];
    const drawn = old === null ? [] : [...old.querySelectorAll("img")];
    const nodes = pictures.map((file, index) =>
      pictureButton(file, pictures.length > 1, drawn[index]),
    );
    const grid = element("div", "attachments__pictures", ...nodes);
    const others = files.filter((file) => !pictures.includes(file)).map(other);
    grid.classList.toggle("attachments__pictures--grid", nodes.length > 1);
    grid.classList.toggle("attachments__pictures--many", nodes.length > MANY);
    return element("div", "attachments", ...(nodes.length > 0 ? [grid] : []), ...others);
  }

  /**
   * @param {Shown} file
   * @param {boolean} small whether it stands among others
   * @param {HTMLImageElement} [drawn]
   */
  function pictureButton(file, small, drawn) {
    const { name, id } = file;
    const image = drawn ?? element("img", "attachment__image");
    const source = addressOf(file);
    const known = file.width !== undefined && file.height !== undefined;
    const size = small ? { width: EDGE / 2, height: EDGE / 2 } : fitting(known ? file : UNKNOWN);
    Object.assign(image, { alt: name, decoding: "async", draggable: false, ...size });
    if (!drawn?.src && source !== undefined) image.src = source;
    image.classList.toggle("attachment__image--unknown", !known);
    const button = element("button", "attachment attachment--picture", image);
    button.type = "button";
    button.tabIndex = -1;
    button.dataset.name = name;
    if (id === null) button.disabled = true;
    else button.dataset.file = id;
    button.title = `${name} · ${words.size(file.size)}`;
    return withBar(button, file);
  }

  /** @param {Shown} file */
  function addressOf(file) {
    if (file.id === null) return previewOf(file.key);
    return file.thumb ? `files/${file.id}/thumb` : pathOf(file);
  }

  /** @param {Shown} file */
  function other(file) {
    if (!takesFiles || file.id === null || !PLAYED.test(file.type)) return card(file);
    const player = element(
      file.type.startsWith("video/") ? "video" : "audio",
      "attachment__player",
    );
    player.controls = true;
    player.preload = "metadata";
    player.src = pathOf(file);
    player.setAttribute("aria-label", file.name);
    if (player instanceof HTMLVideoElement) {
      Object.assign(player, fitting(file.width ? file : UNKNOWN));
      player.playsInline = true;
      // Its first picture is there already: nothing of the film need be loaded until it plays.
      if (file.thumb) Object.assign(player, { poster: `files/${file.id}/thumb`, preload: "none" });
    }
    return element("div", "attachment", player, card(file));
  }

  /** @param {Shown} file */
  function card(file) {
    const { id, name, type, size } = file;
    const facts = [kindOf(name, type), words.size(size)].filter(Boolean).join(" · ");
    const parts = [
      icon("file"),
      element("bdi", "file-card__name", name),
      element("span", "file-card__facts", facts),
    ];
    if (id === null || !takesFiles) {
      return withBar(element("div", "attachment file-card", ...parts), file);
    }
    const link = element("a", "attachment file-card", ...parts, icon("download"));
    link.href = pathOf(file);
    link.tabIndex = -1;
    link.dataset.name = name;
    if (type === "text/plain" || type === "application/pdf") link.target = "_blank";
    else link.download = name;
    link.rel = "noopener";
    return link;
  }

  /**
   * @template {HTMLElement} T
   * @param {T} node
   * @param {Shown} file
   */
  function withBar(node, { id, key }) {
    if (id !== null) return node;
    const bar = element("span", "attachment__bar");
    bar.dataset.key = key;
    node.append(bar);
    return node;
  }

  /**
   * How far the files of a message are that is not sent yet (js/files/queue.js), and its end.
   * @param {Draft} draft
   */
  function sendingLine({ client_id }) {
    const text = element("span", "sending__text", words.t("client.sending"));
    const cancel = element("button", "message__act", words.t("client.files.cancel"));
    const line = element("p", "sending", text, cancel);
    cancel.type = "button";
    Object.assign(cancel.dataset, { act: "discard", draft: client_id });
    line.dataset.sending = client_id;
    line.setAttribute("aria-live", "off"); // by the second it would be all that one hears
    return line;
  }
}

/** @type {readonly Shown[]} */
const NONE = [];
/** @type {WeakMap<object, readonly Shown[]>} */
const shown = new WeakMap();

/**
 * The files of a row; the same list as long as nothing about them changes.
 * @param {MessageRow} row
 * @returns {readonly Shown[]}
 */
function filesOf({ draft, message }) {
  const source = draft === null ? message.files : draft.files && draft;
  if (source === undefined) return NONE;
  const known = shown.get(source);
  if (known !== undefined) return known;
  /** @type {readonly Shown[]} */
  const files =
    draft === null
      ? (message.files ?? []).map((file) => ({ ...file, thumb: file.thumb !== undefined, key: "" }))
      : (draft.files ?? []).map((file) => ({ ...file, id: null, thumb: false }));
  shown.set(source, files);
  return files;
}

/** @param {Shown} file */
function isShown({ id, type, size, thumb }) {
  return isPicture(type) && (id === null || thumb || size <= LARGE);
}

/**
 * All pictures of these messages, as the viewer shows them.
 * @param {readonly Message[]} messages
 * @returns {readonly Viewed[]}
 */
export function picturesIn(messages) {
  return messages.flatMap(({ id, files = [], user, time }) =>
    files
      .filter(({ type }) => isPicture(type))
      .map((file) => ({ ...file, user, time, message: id })),
  );
}

/**
 * Where a file is; the name is for people. Below the path that the page is at.
 * @param {{ id: string | null, name: string }} file
 */
export function pathOf({ id, name }) {
  return `files/${id}/${encodeURIComponent(name)}`;
}

/**
 * What a picture of this size takes in the list.
 * @param {{ width?: number | undefined, height?: number | undefined }} size
 */
export function fitting({ width = 0, height = 0 }) {
  const scale = Math.min(1, EDGE / Math.max(width, height, 1));
  const fitted = (/** @type {number} */ edge) => Math.max(LEAST, Math.round(edge * scale));
  return { width: fitted(width), height: fitted(height) };
}

/**
 * A file's type in a word: the ending of its name, or what it is made of.
 * @param {string} name
 * @param {string} type
 */
export function kindOf(name, type) {
  const ending = /\.([a-z0-9]{1,5})$/i.exec(name)?.[1];
  const made = /\/(?:x-)?([a-z0-9]{1,8})$/.exec(type)?.[1];
  return (ending ?? made ?? "").toUpperCase();
}
