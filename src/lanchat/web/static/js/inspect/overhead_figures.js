// Figures of a link, pure: what carries bytes beside what is carried.

const TCP = 20; // bytes of a TCP head
const STAMPS = 12; // its time stamps, which both ends of a usual connection put into it
const IPV4 = 20;
const IPV6 = 40;
const TLS = 22; // the head, the type and the seal of a record of TLS 1.3
const USUAL_MSS = 1_448; // where the kernel does not tell

/**
 * What one direction has carried, and how much of it is no payload. How many segments it took is
 * not known: as few as possible, one at least for each send. A browser's sends are taken to be its
 * frames.
 * @param {Inspect.Connection} connection
 * @param {Inspect.Moment} moment
 * @param {Inspect.Side} from
 */
export function carried({ browser, encrypted }, { sent, received, sends, tcp }, from) {
  const counts = from === "server" ? sent : received;
  const mss = tcp?.mss || USUAL_MSS;
  const pieces = from === "server" ? sends : counts.frames;
  const segments = counts.bytes === 0 ? 0 : Math.max(pieces, Math.ceil(counts.bytes / mss));
  const below = headOf(browser) + (encrypted ? TLS : 0);
  return {
    ...counts,
    heads: counts.bytes - counts.payload,
    segments,
    below: segments * below,
    each: below,
  };
}

/**
 * Both directions of it in one.
 * @param {ReturnType<typeof carried>[]} directions
 */
export function summed(directions) {
  const of = (
    /** @type {"payload" | "heads" | "below" | "frames" | "bytes" | "segments"} */ name,
  ) => directions.reduce((sum, each) => sum + each[name], 0);
  const payload = of("payload");
  const extra = of("heads") + of("below");
  return {
    ...{ payload, extra, heads: of("heads"), below: of("below"), frames: of("frames") },
    ...{ bytes: of("bytes"), segments: of("segments") },
    /** Of the payload; null where there is none. */
    share: payload === 0 ? null : extra / payload,
  };
}

/**
 * Bytes of the heads of TCP and IP before each segment.
 * @param {Inspect.End} end
 */
function headOf([host]) {
  return (host.includes(":") ? IPV6 : IPV4) + TCP + STAMPS;
}
