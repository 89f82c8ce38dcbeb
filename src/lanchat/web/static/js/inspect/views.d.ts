// What the views of /inspect pass to each other. For the type checker alone.

declare namespace Inspect {
  /** Which protocol something belongs to, from the lowest on. */
  type Layer = "T" | "H" | "W" | "E" | "S";

  type ViewName = "ladder" | "frame" | "handshake" | "link" | "fanout";

  /** Where a rule stands: in an RFC, or in the protocol of Engine.IO or Socket.IO. */
  interface Source {
    readonly text: string;
    readonly href: string;
  }

  /** What something is: texts by the end of their keys. */
  interface Meaning {
    readonly layer: Layer;
    readonly key: string;
    readonly params: Params;
    readonly source: Source | null;
  }

  /** What the ladder has a row for: of a handshake there are two. */
  interface Row {
    readonly id: string;
    readonly entry: Entry;
    readonly from: Side | null;
    /** What stands in front, as it is on the wire. */
    readonly digits: string;
    readonly name: string;
    readonly size: number | null;
    readonly meaning: Meaning;
  }

  /** The head of a frame as its bytes have it. */
  interface Head {
    readonly fin: boolean;
    readonly rsv: number;
    readonly opcode: number;
    readonly masked: boolean;
    /** What the second byte says of the length, and how many bytes more say it. */
    readonly short: number;
    readonly extended: number;
    /** The payload's. */
    readonly length: number;
    readonly key: Uint8Array | null;
    /** Where the payload begins. */
    readonly start: number;
  }

  /** A frame with all that can be read of its bytes. */
  interface Read {
    readonly entry: Frame;
    readonly bytes: Uint8Array;
    readonly head: Head;
    /** As far as it was kept: as it was on the wire, and without the mask. */
    readonly payload: Uint8Array;
    readonly plain: Uint8Array;
  }

  /** Say what something is; null for what the whole is. */
  type Point = (meaning: Meaning | null) => void;

  interface View {
    /** `selected` is the key of an entry. */
    update(record: Record, selected: number | null): void;
  }

  interface ViewOptions {
    readonly words: Words;
    readonly lang: string;
    /** Choose an entry by its key; `open` is whether to turn to what is said of it. */
    readonly select: (key: number | null, open?: boolean) => void;
    /** Turn to another view. */
    readonly show: (view: ViewName) => void;
  }
}
