// Counts the CRC-32 of what it is given, beside the page. A classic script without imports: not all
// browsers that the pages are for let workers have modules.

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** @param {Uint8Array} bytes */
function crc32(bytes) {
  let value = 0xffffffff;
  for (const byte of bytes) value = (value >>> 8) ^ TABLE[(value ^ byte) & 0xff];
  return ~value >>> 0;
}

addEventListener("message", async ({ data: { id, piece } }) => {
  try {
    postMessage({ id, sum: crc32(new Uint8Array(await piece.arrayBuffer())) });
  } catch {
    postMessage({ id, sum: null }); // the file has changed, or is gone
  }
});
