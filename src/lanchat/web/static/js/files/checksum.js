// The checksum of a piece of a file, which a worker counts.

/** @type {Map<number, (sum: number | null) => void>} */
const open = new Map();
let last = 0;
/** @type {Worker | null} */
let worker = null;

/**
 * As tus has it in the header Upload-Checksum; null where the piece cannot be read.
 * @param {Blob} piece
 * @returns {Promise<string | null>}
 */
export async function checksumOf(piece) {
  worker ??= started();
  const counting = worker;
  last += 1;
  const id = last;
  /** @type {number | null} */
  const sum = await new Promise((done) => {
    open.set(id, done);
    counting.postMessage({ id, piece });
  });
  return sum === null ? null : `crc32 ${inBase64(sum)}`;
}

function started() {
  const made = new Worker(new URL("./checksum_worker.js", import.meta.url));
  made.addEventListener("message", ({ data: { id, sum } }) => {
    open.get(id)?.(sum);
    open.delete(id);
  });
  return made;
}

/**
 * Its four bytes, the highest first.
 * @param {number} sum
 */
export function inBase64(sum) {
  return btoa(String.fromCharCode(...[24, 16, 8, 0].map((by) => (sum >>> by) & 0xff)));
}
