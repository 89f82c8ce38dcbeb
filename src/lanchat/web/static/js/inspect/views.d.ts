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
    readonly source: Source;
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
