// One file on its way to the server, by tus 1.0.0 (https://tus.io): begun by POST, sent in pieces by
// PATCH, each with its checksum. After any trouble HEAD says how far it is, and it goes on there.
// Pure: what asks, counts and waits is given.

const MIB = 2 ** 20;
const FIRST = MIB; // bytes of the first piece
const LEAST = MIB / 2;
const MOST = 8 * MIB; // that the server takes
const WANTED = 2_000; // milliseconds for a piece: so much, at most, is sent again after a break
const MOST_DAMAGED = 5; // pieces in a row whose checksum is wrong
const MOST_BEGUN = 3; // times that it begins anew, since the server does not know it any more
const AT_ONCE = new Set([404, 409, 410, 460]); // the server has answered: nothing to wait for
const PASSING = new Set([0, 401, 408, 409, 423, 429, 460, 500, 502, 503, 504]); // a no for now
const GONE = new Set([404, 410]);

const TUS = { "Tus-Resumable": "1.0.0" };

/**
 * Promises the id of the file once all of it is on the server's disk, or why it is refused, or null
 * where it is not wanted any more. `id` is that of an upload that has been begun.
 * @param {Outgoing} file
 * @param {UploadMeans} means
 * @returns {Promise<{ id: string } | { error: Refusal } | null>}
 */
export async function upload(file, means) {
  const { isWanted, onBegun, onProgress, rest } = means;
  const { size } = file.blob;
  let { id = "" } = file;
  let known = false; // how far the server is
  let offset = 0;
  let length = FIRST;
  const troubles = { inARow: 0, damaged: 0, begun: 0 };

  const ways = {
    async begin() {
      const headers = { ...TUS, "Upload-Length": String(size), "Upload-Metadata": factsOf(file) };
      const answer = await means.ask("POST", "files", { headers });
      if (answer.status !== 201) return answer;
      id = /[^/]+$/.exec(answer.header("Location") ?? "")?.[0] ?? "";
      onBegun(id);
      return moved(answer);
    },

    async look() {
      const answer = await means.ask("HEAD", `files/${id}`, { headers: TUS });
      return answer.status === 200 ? moved(answer) : answer;
    },

    async write() {
      const piece = file.blob.slice(offset, offset + length);
      const sum = await means.checksum(piece);
      if (sum === null) return unreadable;
      const began = means.now();
      const answer = await means.ask("PATCH", `files/${id}`, {
        headers: {
          ...TUS,
          "Content-Type": "application/offset+octet-stream",
          "Upload-Offset": String(offset),
          "Upload-Checksum": sum,
        },
        body: piece,
        onProgress: (sent) => onProgress(offset + Math.min(sent, piece.size)),
      });
      if (answer.status !== 204) return answer;
      length = nextLength(length, means.now() - began);
      return moved(answer);
    },
  };

  /** @param {Answered} answer */
  function moved(answer) {
    offset = Number(answer.header("Upload-Offset") ?? 0);
    known = true;
    onProgress(offset);
    return null;
  }

  /** @param {Answered} answer */
  function isFinal({ status, error }) {
    troubles.inARow += 1;
    if (status === 460) troubles.damaged += 1;
    if (GONE.has(status) && id !== "") {
      troubles.begun += 1;
      id = "";
    } else if (!PASSING.has(status) || error?.code === "quota") return true;
    return troubles.damaged >= MOST_DAMAGED || troubles.begun >= MOST_BEGUN;
  }

  function nextWay() {
    if (id === "") return ways.begin;
    return known ? ways.write : ways.look;
  }

  while (isWanted()) {
    const way = nextWay();
    const trouble = await way();
    if (trouble === null) {
      troubles.inARow = 0;
      if (way === ways.write) troubles.damaged = 0;
      if (offset === size) return { id };
    } else {
      known = false;
      if (isFinal(trouble)) return isWanted() ? { error: refusalOf(trouble) } : null;
      const seconds = Number(trouble.header("Retry-After") ?? 0);
      if (!AT_ONCE.has(trouble.status)) await rest(troubles.inARow, seconds);
    }
  }
  return null;
}

/** @type {Answered} */
const unreadable = { status: -1, header: () => null, error: { code: "unreadable", message: "" } };

/**
 * @param {Answered} answer
 * @returns {Refusal}
 */
function refusalOf({ status, error }) {
  return error ?? { code: String(status), message: "" };
}

/**
 * How long the next piece is, so that it takes as long as is wanted.
 * @param {number} length
 * @param {number} took milliseconds
 */
export function nextLength(length, took) {
  const wanted = (length * WANTED) / Math.max(took, 1);
  return Math.round(Math.min(MOST, Math.max(LEAST, Math.min(wanted, 2 * length))));
}

/**
 * The header Upload-Metadata: keys, each with a value in Base64.
 * @param {Pick<Outgoing, "name" | "type" | "width" | "height">} file
 */
export function factsOf({ name, type, width, height }) {
  const facts = { name, type, width, height };
  return Object.entries(facts)
    .filter(([, value]) => value !== undefined && value !== "")
    .map(([key, value]) => `${key} ${base64(String(value))}`)
    .join(",");
}

/** @param {string} text */
function base64(text) {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
