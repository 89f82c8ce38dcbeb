// What the page /inspect knows, by names that its modules share. For the type checker alone.

declare namespace Inspect {
  type Side = "browser" | "server";
  type End = readonly [host: string, port: number];

  /** Bytes of frames, and of what they carry. */
  interface Counts {
    readonly bytes: number;
    readonly payload: number;
    readonly frames: number;
  }

  /** Linux's TCP_INFO: times in microseconds, the window in segments. */
  interface Tcp {
    readonly rto: number;
    readonly mss: number;
    readonly unacknowledged: number;
    readonly lost: number;
    readonly rtt: number;
    readonly rtt_variance: number;
    readonly congestion_window: number;
    readonly retransmissions: number;
  }

  /** A line of the stream, as docs/protocol.md has them. */
  namespace Line {
    interface Hello {
      readonly kind: "hello";
      readonly began: number;
      readonly ring: number;
      readonly kept: number;
      readonly tcp: boolean;
      readonly seconds: number;
    }

    interface Opened {
      readonly kind: "connection";
      readonly state: "open";
      readonly connection: number;
      readonly at: number;
      readonly opening: boolean;
      readonly browser: End;
      readonly server: End;
      readonly encrypted: boolean;
    }

    interface Closed {
      readonly kind: "connection";
      readonly state: "closed";
      readonly connection: number;
      readonly at: number;
      readonly by: Side | null;
      readonly code: number | null;
    }

    interface Handshake {
      readonly kind: "handshake";
      readonly connection: number;
      readonly at: number;
      readonly as_sent: boolean;
      readonly request: readonly string[];
      readonly answer: readonly string[];
      readonly accept?: {
        readonly key: string;
        readonly guid: string;
        readonly joined: string;
        readonly sha1: string;
        readonly base64: string;
      } | null;
    }

    interface Frame {
      readonly kind: "frame";
      readonly connection: number;
      readonly at: number;
      readonly from: Side;
      readonly size: number;
      readonly bytes: string;
      readonly head: {
        readonly fin: boolean;
        readonly rsv: number;
        readonly opcode: number;
        readonly masked: boolean;
        readonly length: number;
        readonly length_bits: number;
        readonly key: string;
      };
      readonly missing?: number;
      readonly text?: string;
      readonly close?: { readonly code: number; readonly reason: string };
      readonly packet?: {
        readonly engine: number;
        readonly socket: number | null;
        readonly ack: number | null;
        readonly event: string | null;
      };
      readonly send?: { readonly number: number; readonly frames: number };
    }

    interface Fanout {
      readonly kind: "fanout";
      readonly message: number;
      readonly received: number | null;
      readonly checked: number | null;
      readonly committed: number | null;
      readonly together: number | null;
      readonly told: number;
      readonly connections: number;
      readonly taken: number;
      readonly joined: number;
      readonly waiting: number;
    }

    interface Link {
      readonly kind: "link";
      readonly connection: number;
      readonly at: number;
      readonly pong_seconds: number | null;
      readonly sends: number;
      readonly sent: Counts;
      readonly received: Counts;
      readonly tcp: Tcp | null;
    }

    interface Lost {
      readonly kind: "lost";
      readonly entries: number;
    }

    /** Not the server's: nothing comes just now. */
    interface Away {
      readonly kind: "away";
    }

    /** Which lane one is where a class looks at all of them; null where nobody does any more. */
    interface Lane {
      readonly kind: "lane";
      readonly lane: number | null;
    }

    /** Not the server's: the page's own connection has this id of Engine.IO. */
    interface Own {
      readonly kind: "own";
      readonly sid: string;
    }

    /** Not the server's: with which code the browser says that the page's own connection ended. */
    interface Ended {
      readonly kind: "ended";
      readonly sid: string;
      readonly code: number;
    }

    /** Not the server's: how long the page waited for an acknowledgement on its own connection. */
    interface Trip {
      readonly kind: "trip";
      readonly sid: string;
      readonly ack: number;
      readonly seconds: number;
    }
  }

  type Line =
    | Line.Hello
    | Line.Opened
    | Line.Closed
    | Line.Handshake
    | Line.Frame
    | Line.Fanout
    | Line.Link
    | Line.Lost
    | Line.Away
    | Line.Ended
    | Line.Lane
    | Line.Own
    | Line.Trip;

  /** What a line became. */
  interface Kept {
    /** Counts up, also over streams that came again. */
    readonly key: number;
    /** Seconds since the record's beginning. */
    readonly at: number;
  }

  type Opened = Line.Opened & Kept;
  type Closed = Line.Closed & Kept;
  type Handshake = Line.Handshake & Kept;
  type Lost = Line.Lost & Kept & { readonly connection: null };

  type Frame = Line.Frame &
    Kept & {
      /** The key of the frame that this one answers: an acknowledgement, a pong, a second close. */
      readonly answers: number | null;
      /** The key of the frame that answers this one. */
      readonly answered: number | null;
    };

  type Entry = Opened | Closed | Handshake | Frame | Lost;

  /** One's own message on its way to all. */
  interface Fan extends Omit<Line.Fanout, "kind"> {
    /** Which of the server's views it is of: ids of messages may begin anew with a server. */
    readonly view: number;
    /** The key of the frame by which it came, and how its text begins, where that was seen. */
    readonly event: number | null;
    readonly text: string | null;
  }

  /** How a link did at a moment; what is counted is counted on where it was looked at anew. */
  type Moment = Omit<Line.Link, "kind" | "connection">;

  /** A round trip. */
  interface Trip {
    readonly at: number;
    readonly seconds: number;
    /** How much of it the server took; null where that is not known, or nothing. */
    readonly server: number | null;
  }

  interface Connection {
    readonly number: number;
    /** Whether it is this page's own. */
    readonly own: boolean;
    /** "unseen": it was open when the look at it ended, and has not been seen since. */
    readonly state: "open" | "closed" | "unseen";
    /** Whether it was looked at from its opening. */
    readonly opening: boolean;
    readonly browser: End;
    readonly server: End;
    readonly encrypted: boolean;
    /** When it was opened, or first seen. */
    readonly opened: number;
    readonly sid: string | null;
    readonly handshake: Handshake | null;
    /** The first close frame. */
    readonly closing: {
      readonly from: Side;
      readonly code: number | null;
      readonly reason: string;
    } | null;
    readonly closed: {
      readonly at: number;
      readonly by: Side | null;
      readonly code: number | null;
    } | null;
    /** With which code the page's own one ended, as the browser told it. */
    readonly told: number | null;
    /** The number of the one that it seems to follow, as a browser that comes again. */
    readonly follows: number | null;
    readonly links: readonly Moment[];
    /** From a ping of the server to its pong. */
    readonly pongs: readonly Trip[];
    /** From an event of the page to its acknowledgement, by the page's clock. */
    readonly trips: readonly Trip[];
    /** What had been counted when it was looked at anew. */
    readonly before: Pick<Moment, "sends" | "sent" | "received">;
  }

  interface Record {
    readonly hello: Line.Hello | null;
    /** The time 0 in seconds since 1970; 0 before there is one. */
    readonly began: number;
    /** The latest time of which something is known. */
    readonly now: number;
    /** The last 500, in order. */
    readonly entries: readonly Entry[];
    /** By number. */
    readonly connections: readonly Connection[];
    readonly fans: readonly Fan[];
    /** So many entries never came. */
    readonly lost: number;

    /** The next key. */
    readonly next: number;
    /** The server's views so far, and by how much the times of the last one are later. */
    readonly view: number;
    readonly shift: number;
    /** So many entries of this view are known; and at which the stream is, which may say them again. */
    readonly noted: number;
    readonly place: number;
    /** Our numbers of connections, by those of this view. */
    readonly numbers: Readonly<{ [its: number]: number }>;
    readonly own: readonly string[];
    /** Those whose frames have not been seen yet. */
    readonly waiting: readonly Line.Trip[];
  }
}

declare namespace Inspect {
  type Figures = ReturnType<typeof import("./figures.js").makeFigures>;
}

/** A connection of Engine.IO's client, as its documentation has it. */
interface Engine {
  readonly id: string;
  on(
    event: "packet" | "packetCreate",
    call: (packet: { type: string; data?: unknown }) => void,
  ): unknown;
  readonly transport: { readonly name: string };
  on(event: "upgrade", call: () => void): unknown;
  on(event: "close", call: (reason: string, details?: { context?: unknown }) => void): unknown;
}
