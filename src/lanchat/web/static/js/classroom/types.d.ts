// What the class view is told, line by line, and what it makes of it. For the type checker alone.

declare namespace Classroom {
  type End = "browser" | "server";
  type What = "message" | "ack" | "copy" | "ping" | "pong" | "other";

  interface Hello {
    kind: "hello";
    grace: number;
    ping: number;
    beat: number;
    shared: boolean;
    own: number | null;
    at: number;
  }

  interface LaneLine {
    kind: "lane";
    lane: number;
    state: "open" | "away" | "back" | "left";
    grace?: number;
    behind?: number;
    again?: number;
    away?: number;
    at: number;
  }

  interface DotLine {
    kind: "dot";
    from: End;
    what: What;
    at: number;
    lane?: number;
    lanes?: "all";
    of?: number | null;
    copies?: number;
  }

  interface DotsLine {
    kind: "dots";
    from: End;
    what: What;
    lanes: "all" | readonly number[];
    count: number;
    copies: number;
    at: number;
    until: number;
  }

  type Line = Hello | LaneLine | DotLine | DotsLine | { kind: "send_now" | "lost"; at: number };

  /** Somebody; times are those of lines. */
  interface Lane {
    readonly number: number;
    readonly state: "open" | "away" | "back" | "left";
    /** Since when that is so. */
    readonly since: number;
    /** Until when who is away is awaited. */
    readonly until: number;
    /** How long who is back was away. */
    readonly away: number;
    /** With how many messages who is back has caught up; or how many wait for a slow network. */
    readonly behind: number;
    /** How often in a row TCP has sent the same again. */
    readonly again: number;
    /** When a ping was sent that is not answered yet. */
    readonly asked: number | null;
    /** How many messages they have sent. */
    readonly sent: number;
    /** How many of the room's messages they have not got: those of before they came, or came back. */
    readonly before: number;
  }

  /** All have been asked to send something: what has come of it. */
  interface Round {
    readonly at: number;
    /** How many were here, without who has asked. */
    readonly expected: number;
    /** Who has sent something since, and when first. */
    readonly sent: Readonly<Record<number, number>>;
    /** Of whose first message all have been told. */
    readonly told: readonly number[];
    readonly copies: number;
    readonly firstCopy: number | null;
    readonly lastCopy: number | null;
  }

  interface Room {
    readonly own: number | null;
    readonly grace: number;
    readonly shared: boolean;
    readonly lanes: Readonly<Record<number, Lane>>;
    /** How many messages have come, and how many copies have gone out. */
    readonly told: number;
    readonly copies: number;
    readonly round: Round | null;
  }

  /** A dot on its way: from 0, where it begins, to 1. */
  interface Flight {
    readonly from: End;
    readonly what: What;
    readonly place: number;
    /** On which lane, or on all. */
    readonly lane: number | null;
  }
}
