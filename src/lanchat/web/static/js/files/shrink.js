// What is made of a file before it is sent. Pictures become smaller and lose what their makers have
// written into them, unless one wants the original; pictures and films get a small picture.
// A picture is read by an <img>, which turns it as it is to be seen in all browsers.

import { stripped } from "./stripping.js";

const EDGE = 2_048; // pixels of the longer side
const QUALITY = 0.85;
const AS_IT_IS = 2 ** 20; // bytes up to which a picture need not become smaller
const WORTHWHILE = 0.9; // what is drawn anew is taken where it has at most this part of the size
const THUMB_LIMIT = 24 * 1_024; // bytes
/** Tried in this order: the pixels of the longer side, and the quality. */
const THUMBS = [
  [480, 0.72],
  [480, 0.55],
  [320, 0.7],
  [320, 0.5],
  [240, 0.4],
  [120, 0.3],
];
const FILM_WITHIN = 5_000; // milliseconds to show itself

/**
 * @param {File} file
 * @param {boolean} original whether it is to be sent as it is
 * @returns {Promise<Prepared>}
 */
export async function prepare(file, original) {
  const { name, type } = file;
  if (type.startsWith("video/")) return { ...asItIs(file), ...(await film(file)) };
  if (!type.startsWith("image/") || type.startsWith("image/svg")) return asItIs(file);
  const picture = await pictureOf(file);
  if (picture === null) return { ...asItIs(file), keeps: true };
  const { naturalWidth: width, naturalHeight: height } = picture;
  const small = drawn(picture, { width, height }, EDGE);
  const thumb = await thumbOf(small);
  const facts = { ...asItIs(file), width, height, ...(thumb && { thumb }) };
  if (type === "image/gif") return facts;
  if (original) return { ...facts, keeps: true };
  const made = await smaller(file, picture, small);
  if (made === null) return { ...facts, keeps: true };
  const before = file.size;
  const changed = made.type !== type;
  const scaled = made.drawn ? { width: small.width, height: small.height } : { width, height };
  return {
    ...{ ...facts, ...scaled, before, type: made.type },
    name: changed ? renamed(name, made.type) : name,
    blob: made.blob,
  };
}

/**
 * @param {File} file
 * @returns {Prepared}
 */
export function asItIs(file) {
  const { name, type } = file;
  return { blob: file, name: name || "file", type };
}

/**
 * The picture that is sent, or null where it has to stay as it is.
 * @param {File} file
 * @param {HTMLImageElement} picture
 * @param {HTMLCanvasElement} small
 */
async function smaller(file, picture, small) {
  const bare = stripped(new Uint8Array(await file.arrayBuffer()));
  const blob = bare && new Blob([...bare.parts], { type: bare.type });
  const kept = bare && blob && !bare.turned ? { blob, type: bare.type, drawn: false } : null;
  const fits = Math.max(picture.naturalWidth, picture.naturalHeight) <= EDGE;
  // A picture of a screen is best as it is: its letters stay sharp.
  const isSharp = fits || bare?.type !== "image/jpeg";
  if (kept !== null && (bare?.moves || (kept.blob.size <= AS_IT_IS && isSharp))) return kept;
  const type = bare?.alpha ? "image/png" : "image/jpeg";
  const made = await encoded(small, type, QUALITY);
  if (made === null || (kept !== null && fits && made.size > kept.blob.size * WORTHWHILE)) {
    return kept;
  }
  return { blob: made, type, drawn: true };
}

/**
 * @param {Blob} file
 * @returns {Promise<HTMLImageElement | null>}
 */
async function pictureOf(file) {
  const url = URL.createObjectURL(file);
  const picture = new Image();
  try {
    picture.src = url;
    await picture.decode();
    return picture.naturalWidth > 0 ? picture : null;
  } catch {
    return null; // damaged, or of a kind that this browser does not know
  } finally {
    URL.revokeObjectURL(url);
  }
}

/**
 * A picture in a canvas whose longer side has so many pixels at the most.
 * @param {CanvasImageSource} picture
 * @param {{ width: number, height: number }} size
 * @param {number} edge
 */
function drawn(picture, { width, height }, edge) {
  const canvas = document.createElement("canvas");
  const scale = Math.min(1, edge / Math.max(width, height));
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const context = canvas.getContext("2d");
  if (context !== null) {
    context.imageSmoothingQuality = "high";
    context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  }
  return canvas;
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {string} type
 * @param {number} [quality]
 * @returns {Promise<Blob | null>}
 */
function encoded(canvas, type, quality) {
  return new Promise((done) => canvas.toBlob(done, type, quality));
}

/**
 * @param {HTMLCanvasElement} picture
 * @returns {Promise<Blob | null>}
 */
async function thumbOf(picture) {
  for (const [edge, quality] of THUMBS) {
    const canvas = drawn(picture, picture, edge);
    const context = canvas.getContext("2d");
    if (context === null) return null;
    // JPEG has no alpha: what is transparent would be black.
    context.globalCompositeOperation = "destination-over";
    context.fillStyle = "#fff";
    context.fillRect(0, 0, canvas.width, canvas.height);
    const blob = await encoded(canvas, "image/jpeg", quality);
    if (blob !== null && blob.size <= THUMB_LIMIT) return blob;
  }
  return null;
}

/**
 * How large a film is, and a picture of its beginning.
 * @param {Blob} file
 * @returns {Promise<Pick<Prepared, "width" | "height" | "thumb">>}
 */
async function film(file) {
  const url = URL.createObjectURL(file);
  const video = document.createElement("video");
  video.muted = true;
  video.playsInline = true;
  video.preload = "auto";
  video.src = url;
  try {
    await seen(video, "loadeddata");
    const { videoWidth: width, videoHeight: height, duration } = video;
    if (width === 0) return {};
    video.currentTime = Math.min(1, duration / 10 || 0);
    await seen(video, "seeked");
    const thumb = await thumbOf(drawn(video, { width, height }, EDGE));
    return { width, height, ...(thumb && { thumb }) };
  } catch {
    return {};
  } finally {
    video.removeAttribute("src");
    video.load();
    URL.revokeObjectURL(url);
  }
}

/**
 * @param {HTMLMediaElement} media
 * @param {string} event
 */
function seen(media, event) {
  return new Promise((done, fail) => {
    media.addEventListener(event, done, { once: true });
    media.addEventListener("error", fail, { once: true });
    setTimeout(fail, FILM_WITHIN);
  });
}

/**
 * @param {string} name
 * @param {string} type
 */
function renamed(name, type) {
  const ending = type === "image/png" ? ".png" : ".jpg";
  return `${name.replace(/\.\w{1,5}$/, "")}${ending}`;
}
