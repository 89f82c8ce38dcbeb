// Pictures without what their makers have written into them: place, camera, time. Pure. Only what a
// picture looks like stays: what is not known to matter for that is left out.

const LOOKS = {
  png: new Set(
    "IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP sBIT cICP pHYs acTL fcTL fdAT".split(" "),
  ),
  webp: new Set(["VP8X", "VP8 ", "VP8L", "ALPH", "ANIM", "ANMF", "ICCP"]),
};
const PNG = "\x89PNG\r\n\x1a\n";
const ORIENTATION = 0x0112; // the tag of EXIF

/**
 * What a picture is, and its bytes without what it says of its maker; null where it is none of
 * these, or is damaged.
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @returns {Stripped | null}
 */
export function stripped(bytes) {
  const begins = text(bytes, 0, 12);
  if (begins.startsWith(PNG)) return png(bytes);
  if (begins.startsWith("\xff\xd8\xff")) return jpeg(bytes);
  if (begins.startsWith("RIFF") && begins.endsWith("WEBP")) return webp(bytes);
  return null;
}

/** @param {Uint8Array<ArrayBuffer>} bytes @returns {Stripped | null} */
function png(bytes) {
  const view = viewOf(bytes);
  const parts = [bytes.subarray(0, 8)];
  const kinds = new Set();
  for (let at = 8; at + 12 <= bytes.length;) {
    const end = at + 12 + view.getUint32(at);
    const kind = text(bytes, at + 4, 4);
    if (end > bytes.length) return null;
    if (LOOKS.png.has(kind)) parts.push(bytes.subarray(at, end));
    kinds.add(kind);
    if (kind === "IEND") break; // what stands behind it is no part of the picture
    at = end;
  }
  if (!kinds.has("IEND") || !kinds.has("IHDR")) return null;
  const alpha = [4, 6].includes(bytes[25]) || kinds.has("tRNS");
  return { type: "image/png", parts, moves: kinds.has("acTL"), alpha, turned: false };
}

/** @param {Uint8Array<ArrayBuffer>} bytes @returns {Stripped | null} */
function webp(bytes) {
  const view = viewOf(bytes);
  /** @type {Uint8Array<ArrayBuffer>[]} */
  const parts = [];
  let flags = 0;
  for (let at = 12; at + 8 <= bytes.length;) {
    const length = view.getUint32(at + 4, true);
    const end = at + 8 + length + (length % 2);
    const kind = text(bytes, at, 4);
    if (at + 8 + length > bytes.length) return null;
    if (LOOKS.webp.has(kind)) {
      const part = bytes.slice(at, end);
      if (kind === "VP8X") {
        flags = part[8];
        part[8] &= ~0x0c; // neither EXIF nor XMP
      }
      if (kind === "VP8L") flags |= 0x10;
      parts.push(part);
    }
    at = end;
  }
  if (parts.length === 0) return null;
  const head = bytes.slice(0, 12);
  const size = parts.reduce((sum, part) => sum + part.length, 4);
  viewOf(head).setUint32(4, size, true);
  const [moves, alpha] = [(flags & 0x02) > 0, (flags & 0x10) > 0];
  return { type: "image/webp", parts: [head, ...parts], moves, alpha, turned: false };
}

/** @param {Uint8Array<ArrayBuffer>} bytes @returns {Stripped | null} */
function jpeg(bytes) {
  const view = viewOf(bytes);
  const parts = [bytes.subarray(0, 2)];
  let turned = false;
  for (let at = 2; at + 4 <= bytes.length;) {
    const marker = view.getUint16(at);
    const end = at + 2 + view.getUint16(at + 2);
    if (marker <= 0xff00 || end > bytes.length) return null;
    if (marker === 0xffda) {
      const rest = bytes.subarray(at, endOfJpeg(bytes, end));
      return { type: "image/jpeg", parts: [...parts, rest], moves: false, alpha: false, turned };
    }
    const segment = bytes.subarray(at, end);
    if (marker === 0xffe1) turned ||= isTurned(segment);
    if (isLook(marker, segment)) parts.push(segment);
    at = end;
  }
  return null;
}

/**
 * Application data and comments go, but for JFIF's, the profile of colours and Adobe's way of them.
 * @param {number} marker
 * @param {Uint8Array<ArrayBuffer>} segment
 */
function isLook(marker, segment) {
  if (marker === 0xfffe) return false;
  if (marker < 0xffe0 || marker > 0xffef) return true;
  const name = text(segment, 4, 11);
  return ["JFIF", "ICC_PROFILE", "Adobe"].some((kept) => name.startsWith(kept));
}

/**
 * Where the picture ends: some cameras put others behind it, with all that they know.
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {number} from
 */
function endOfJpeg(bytes, from) {
  let at = bytes.indexOf(0xff, from);
  while (at >= 0 && at + 3 < bytes.length && bytes[at + 1] !== 0xd9) {
    const kind = bytes[at + 1];
    const isData = kind === 0 || kind === 0xff || (kind >= 0xd0 && kind <= 0xd7);
    const next = isData ? at + 1 : at + 2 + (bytes[at + 2] << 8) + bytes[at + 3];
    at = bytes.indexOf(0xff, next);
  }
  return at < 0 ? bytes.length : Math.min(at + 2, bytes.length);
}

/**
 * Whether a segment of EXIF says that the picture is to be shown turned or mirrored.
 * @param {Uint8Array<ArrayBuffer>} segment
 */
function isTurned(segment) {
  if (text(segment, 4, 6) !== "Exif\0\0" || segment.length < 18) return false;
  const view = viewOf(segment.subarray(10));
  const little = view.getUint16(0) === 0x4949;
  const first = view.getUint32(4, little);
  if (first + 2 > view.byteLength) return false;
  for (let entry = 0; entry < view.getUint16(first, little); entry += 1) {
    const at = first + 2 + 12 * entry;
    if (at + 12 > view.byteLength) return false;
    if (view.getUint16(at, little) === ORIENTATION) return view.getUint16(at + 8, little) > 1;
  }
  return false;
}

/** @param {Uint8Array<ArrayBuffer>} bytes */
function viewOf({ buffer, byteOffset, byteLength }) {
  return new DataView(buffer, byteOffset, byteLength);
}

/**
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {number} at
 * @param {number} length
 */
function text(bytes, at, length) {
  return String.fromCharCode(...bytes.subarray(at, at + length));
}
