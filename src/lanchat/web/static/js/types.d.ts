// What the page's scripts pass to each other, by names that all of them know. For the type
// checker alone: no browser loads it.

interface Window {
  /** js/theme.js, which runs before the first paint. */
  lanchatTheme: { stored(): string; choose(theme: string): void; compact(is: boolean): void };
  /** Whether the page's script has run to its end, for js/floor.js. */
  lanchatRuns?: boolean;
}

/** Somebody by a name. */
interface User {
  readonly id: string;
  readonly name: string;
}

/** A user who is in the room. */
interface Member extends User {
  readonly ip: string;
  readonly since: string;
  readonly role?: "host" | "guest";
  readonly muted?: boolean;
}

/** A user who has left it. */
interface Departure extends User {
  /** Whether for good: who comes back is another user. */
  readonly logout?: boolean;
}

/** Somebody's hand that is up, since when by the server's clock. */
interface Hand {
  readonly id: string;
  /** By the name that they had then. */
  readonly user: string;
  readonly since: string;
}

/** Which hands are up; or of many, what has become of them. */
interface HandsTold {
  readonly hands?: readonly Hand[];
  readonly raised?: readonly Hand[];
  readonly lowered?: readonly string[];
}

/** Somebody who is writing, since when by the page's own clock. */
interface Typing extends User {
  readonly since: number;
}

/** Somebody who is away, since when by this device's clock: they may be back soon. */
interface Away extends User {
  readonly since: number;
}

interface Message {
  /** The position at which it was posted. */
  readonly id: number;
  /** The id of the room where it was said; the main one where it is missing. */
  readonly room?: string;
  /** The position at which it last changed. */
  readonly seq: number;
  /** Whether it is gone; then its text is empty. */
  readonly deleted?: boolean;
  readonly client_id: string;
  readonly user_id: string;
  readonly user: string;
  readonly ip: string;
  readonly message: string;
  readonly time: string;
  readonly pinned?: boolean;
  /** Among the pins, whether it was said as an announcement. */
  readonly announced?: boolean;
  /** When it last got another text. */
  readonly edited?: string;
  readonly reactions?: Reactions;
  /** Ids of users. */
  readonly mentions?: readonly string[];
  /** The id of the message that this one answers. */
  readonly reply_to?: number;
  readonly quoted?: Quoted;
  readonly files?: readonly Attachment[];
  readonly poll?: Poll;
  /** Whether a program has said it. */
  readonly bot?: boolean;
}

/** What a message asks, and how many have chosen each of the options. */
interface Poll {
  readonly question: string;
  readonly options: readonly string[];
  readonly counts: readonly number[];
  readonly closed: boolean;
}

/** A file of a message, by what the server says of it. */
interface Attachment {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  /** In bytes. */
  readonly size: number;
  /** In pixels, where its sender has said so. */
  readonly width?: number;
  readonly height?: number;
  /** Where there is a small picture of it. */
  readonly thumb?: string;
}

/** A file, and by whom, when and in which message it was sent. */
interface Viewed extends Attachment {
  readonly user: string;
  readonly time: string;
  readonly message: number;
}

/** A file of a message that is not sent yet. */
interface DraftFile {
  /** By which this page knows it. */
  readonly key: string;
  readonly name: string;
  /** As the browser has it. */
  readonly type: string;
  readonly size: number;
  readonly width?: number;
  readonly height?: number;
  /** The id that the server has given it, and whether all of it is there, and a small picture. */
  readonly upload?: string;
  readonly whole?: boolean;
  readonly thumb?: boolean;
}

/** A file as the list shows it: without an id where it is not sent yet. */
interface Shown {
  readonly id: string | null;
  readonly key: string;
  readonly name: string;
  readonly type: string;
  readonly size: number;
  readonly width?: number;
  readonly height?: number;
  readonly thumb: boolean;
}

/** What is sent of a file that somebody has chosen. */
interface Prepared {
  readonly blob: Blob;
  readonly name: string;
  readonly type: string;
  readonly width?: number;
  readonly height?: number;
  readonly thumb?: Blob;
  /** How large the file was before it became smaller. */
  readonly before?: number;
  /** Whether it may still say where and by what it was taken. */
  readonly keeps?: boolean;
}

/** A file that this page has. */
interface Holding {
  /** As it was chosen; not there any more after a reload. */
  readonly file?: File;
  draft: DraftFile;
  prepared?: Promise<Prepared>;
  made?: Prepared;
  /** Of its small picture. */
  url?: string;
}

/** What a browser keeps of it over a reload. */
interface KeptFile {
  readonly key: string;
  readonly prepared: Prepared;
  readonly since: number;
}

/** A picture without what its maker has written into it. */
interface Stripped {
  readonly type: string;
  readonly parts: readonly Uint8Array<ArrayBuffer>[];
  /** Whether it moves, has transparent parts, or is to be shown turned. */
  readonly moves: boolean;
  readonly alpha: boolean;
  readonly turned: boolean;
}

/** What the server says to a request for a file. */
interface Answered {
  readonly status: number;
  header(name: string): string | null;
  readonly error: Refusal | null;
}

type Ask = (
  method: string,
  address: string,
  more?: {
    headers?: Readonly<Record<string, string>>;
    body?: Blob | null;
    onProgress?: (sent: number) => void;
  },
) => Promise<Answered>;

/** A file on its way; with an id where that has begun. */
interface Outgoing {
  readonly blob: Blob;
  readonly name: string;
  readonly type: string;
  readonly width?: number;
  readonly height?: number;
  readonly id?: string;
}

interface UploadMeans {
  ask: Ask;
  /** The header Upload-Checksum of a piece; null where it cannot be read. */
  checksum(piece: Blob): Promise<string | null>;
  /** Promises when it is worth another try. */
  rest(troubles: number, seconds: number): Promise<void>;
  now(): number;
  isWanted(): boolean;
  onBegun(id: string): void;
  onProgress(bytes: number): void;
}

/** The message that another one answers, as it is now: 200 characters of it at the most. */
interface Quoted {
  readonly id: number;
  readonly user_id?: string;
  readonly user?: string;
  readonly message: string;
  readonly deleted?: boolean;
  readonly files?: readonly Attachment[] | undefined;
  readonly poll?: Poll | undefined;
  /** Of a pin. */
  readonly room?: string;
}

/** By emoji, in the order in which they came first: how many people, and the first of them. */
/** All ids from the first to the last one. */
type IdRange = readonly [first: number, last: number];

type Reactions = Readonly<Record<string, Reaction>>;

interface Reaction {
  readonly count: number;
  /** By the names that they had. */
  readonly users: readonly { readonly id: string; readonly user: string }[];
}

/** The reactions to a message, and the votes of a poll, as they were told at a position. */
interface Told {
  readonly seq: number;
  /** Not there where they are as before. */
  readonly reactions?: Reactions;
  readonly counts?: readonly number[];
}

/** What this user has done, by messages. */
type Mine = Readonly<Record<number, Own>>;

interface Own {
  readonly reactions?: readonly string[];
  /** The number of an option. */
  readonly vote?: number | null;
}

/** An emoji that this user has just set or taken back. */
interface Chosen {
  readonly emoji: string;
  readonly on: boolean;
}

/** A reaction as it stands below a message. */
interface Pill extends Reaction {
  readonly emoji: string;
  readonly own: boolean;
}

/** A part of a message's text that stands by itself. */
type Block = Lines | Quote | List | CodeBlock;

interface Lines {
  readonly kind: "lines";
  readonly lines: string[];
}

interface Quote {
  readonly kind: "quote";
  readonly blocks: readonly Block[];
}

interface List {
  readonly kind: "list";
  readonly items: ListItem[];
}

interface ListItem {
  /** As it was typed: "-", "3." */
  readonly marker: string;
  /** Spaces before the marker. */
  readonly indent: number;
  readonly lines: string[];
}

interface CodeBlock {
  readonly kind: "block";
  readonly text: string;
  /** In small letters, as it was typed; "" for none. */
  readonly language: string;
}

/** A part of a line. */
type Inline = Plain | LinkPart | Stressed;

interface Plain {
  readonly kind: "text" | "code";
  readonly text: string;
}

interface LinkPart {
  readonly kind: "link";
  readonly text: string;
  readonly href: string;
}

interface Stressed {
  readonly kind: "strong" | "em" | "strike";
  readonly parts: readonly Inline[];
}

/** A piece of code, and what it is in its language, "" for nothing in particular. */
type Token = readonly [text: string, type: string];

/** What one tab tells the others: of which thing it has heard, and its number. */
interface Heard {
  readonly id: number;
  readonly tab: number;
}

interface Channel {
  post(heard: Heard): void;
  listen(hear: (heard: Heard) => void): void;
}

/** Why something was refused, in the reader's language. */
interface Refusal {
  readonly code: string;
  readonly message: string;
  /** Seconds. */
  readonly retry_after?: number;
}

/** An own message that the server has not confirmed yet. */
interface Draft {
  readonly client_id: string;
  readonly text: string;
  /** Whose it is: one may log in anew, by another name, while it waits. */
  readonly by: string;
  /** The id of the room where it is to be said; the main one where it is missing. */
  readonly room?: string;
  /** What it answers. */
  readonly quoted?: Quoted;
  /** Ids of users. */
  readonly mentions?: readonly string[];
  readonly files?: readonly DraftFile[];
  /** Why it is not sent any more, unless its writer asks. */
  readonly error: (Pick<Refusal, "message"> & { readonly code?: string }) | null;
}

/** What holds in the room. */
interface Rules {
  readonly topic: string;
  readonly locked: boolean;
  readonly readonly: boolean;
  /** Seconds between two messages of a guest; 0 is none. */
  readonly slow: number;
  /** Whether guests may edit what they wrote, where the server tells. */
  readonly edits?: boolean;
  /** Whether guests may send files, where the server tells. */
  readonly files?: boolean;
  /** Whether everybody has a large button for their hand. */
  readonly hands?: boolean;
  /** Who may open rooms, and between whom there are some for two, where the server tells. */
  readonly rooms?: "hosts" | "all";
  readonly private?: "off" | "hosts" | "all";
}

type RoomKind = "main" | "open" | "group" | "direct";

/** A room as all who know of it are told of it. */
interface RoomFacts {
  readonly id: string;
  /** Empty for the main one, and for one of two people. */
  readonly name: string;
  readonly kind: RoomKind;
  readonly topic: string;
  readonly locked: boolean;
  readonly readonly: boolean;
  readonly slow: number;
  readonly closed: boolean;
  /** The id of who has opened it. */
  readonly opener?: string;
}

/** A room that this user is in, or might enter. */
interface Room extends RoomFacts {
  /** How many are in it. */
  readonly members: number;
  /** The other one of a room for two. */
  readonly person?: User;
  /** Who is in it, where that is known. */
  readonly people: readonly User[] | null;
  /** What others have said and this user has not read, as the server counts; and what of it
   * mentions them. */
  readonly unread: number;
  readonly mentions: number;
}

/** What the answer to a page that comes in says of a room that its user is in. */
interface RoomMissed extends Omit<Room, "people"> {
  readonly complete: boolean;
  readonly anew?: boolean;
  readonly cleared: number;
  readonly retired?: number;
}

/** What a page shows of one room: those fields of the state that another room has of its own. */
type View = Pick<
  State,
  | "messages"
  | "notes"
  | "gaps"
  | "pins"
  | "typing"
  | "readUpTo"
  | "newAfter"
  | "cleared"
  | "retired"
>;

/** By whom a host was called to a group, and when by this device's clock. */
interface HostCall {
  readonly room: string;
  readonly name: string;
  readonly person: User;
  readonly now: number;
}

/** What a snapshot has of one room. */
type RoomPart = Pick<
  Snapshot,
  "messages" | "changed" | "pins" | "complete" | "anew" | "cleared" | "seq"
> & {
  readonly retired: number;
  /** As the server counts; null where this browser knows better. */
  readonly unread: number | null;
};

/** What somebody finds in a room that they have entered. */
interface RoomFound {
  readonly room: RoomFacts & { readonly members: number; readonly person?: User };
  readonly people: readonly User[];
  readonly messages: readonly Message[];
  readonly complete: boolean;
  readonly pins: readonly Message[];
  readonly mine: Mine;
}

/** Where others can join: `inviteUrl` brings the access code, `lanUrl` does not. */
interface Invite {
  readonly lanUrl: string;
  readonly inviteUrl: string;
}

/** What a host did to this page's user. */
interface Notice {
  readonly code: string;
  readonly until: string | null;
}

/** A text of the catalogue by its key and parameters; see `say` of Words. */
type Phrase = readonly [key: string, params: Readonly<Record<string, string | number>>];

/** A line between the messages; it stands after the message with the id `after`. */
type Note = MoveNote | ToldNote;

interface PlacedNote {
  readonly key: string;
  readonly time: string;
  readonly after: number;
}

/** Who came, or who went, within some minutes. */
interface MoveNote extends PlacedNote {
  readonly kind: "joined" | "left";
  readonly people: readonly User[];
  /** When the first of them did, by this device's clock. */
  readonly begun: number;
}

/** For this page alone: a phrase, or a text where that is null. */
interface ToldNote extends PlacedNote {
  readonly kind: "told";
  readonly phrase: Phrase | null;
  readonly text: string;
}

/** The answer to a page that comes in: everybody, and what it has not seen yet. */
interface Snapshot {
  readonly you: User;
  readonly members: readonly Member[];
  readonly messages: readonly Message[];
  /** Whether no message was left out between these and those that the page has seen. */
  readonly complete: boolean;
  readonly invite?: Invite | undefined;
  readonly rules: Rules;
  readonly hands?: readonly Hand[];
  /** What was posted before the page's position and has changed since. */
  readonly changed: readonly Message[];
  /** The position at which all this was read, and the epoch of the server. */
  readonly seq: number;
  readonly epoch: string;
  /** Whether the page has to drop what it shows. */
  readonly anew: boolean;
  readonly cleared: number;
  /** The id up to which all messages are gone for their age. */
  readonly retired?: number;
  /** The pinned messages, the one that was pinned last at the end. */
  readonly pins: readonly Message[];
  /** Of all messages in it. */
  readonly mine: Mine;
  /** All that one is in, the main one first, and those that one could enter; not there for a page
   * that takes the main one alone. */
  readonly rooms?: readonly RoomMissed[] | undefined;
  readonly others?: readonly Room[] | undefined;
}

/** Before, behind or around which message history is asked for. */
interface Place {
  readonly before?: number;
  readonly after?: number;
  readonly around?: number;
}

/** What is searched for; `before` is where the last answer has stopped. */
interface Query {
  readonly text: string;
  /** The id of the room that is looked into; all of them where it is missing. */
  readonly room?: string;
  readonly user?: string;
  readonly since?: string;
  readonly until?: string;
  readonly before?: number;
}

/** The answer to it, the newest first. */
interface Found {
  readonly messages: readonly Message[];
  readonly complete: boolean;
  readonly before?: number;
  /** Whether the server is still taking in what is older. */
  readonly indexing?: boolean;
}

/** From which message to which the page shows; `to` is Infinity where it goes on with the end. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/** The messages that a page has, and where some are missing. */
type Held = Pick<State, "messages" | "gaps">;

type Link = "connecting" | "online" | "offline" | "stopped" | "full" | "removed";

interface State {
  readonly link: Link;
  /** The server's words, where it lets nobody more in. */
  readonly whyFull: string;
  readonly joined: boolean;
  readonly you: User;
  /** The id of the room that is shown. */
  readonly room: string;
  /** All that one is in, the main one first, and those that one could enter. */
  readonly rooms: readonly Room[];
  readonly others: readonly Room[];
  /** By the ids of those that are not shown. */
  readonly views: Readonly<Record<string, View>>;
  /** The last call for a host. */
  readonly call: HostCall | null;
  /** What a host has asked everybody to send, last. */
  readonly cue: { readonly text: string; readonly person: User } | null;
  /** How often it was said that hosts have other reports to look at than before. */
  readonly reports: number;
  readonly invite: Invite;
  readonly members: readonly Member[];
  /** First come first. */
  readonly hands: readonly Hand[];
  readonly messages: readonly Message[];
  /** What happened between the messages while this page was open. */
  readonly notes: readonly Note[];
  /** Ids of who was here when the connection was lost: their return is no news. */
  readonly expected: readonly string[];
  /** Who is away and has not left yet. */
  readonly away: readonly Away[];
  /** Oldest first. */
  readonly outbox: readonly Draft[];
  readonly stale: Draft["error"]; // why the draft of another user is not sent
  /** Ids, sorted: between each and the message that is known before it some may be missing. */
  readonly gaps: readonly number[];
  /** The position up to which nothing can be missing, and the epoch in which it was learned. */
  readonly lastSeq: number;
  readonly epoch: string;
  /** By id, the last version of a message that is not shown: deleted, or to come. */
  readonly unseen: Readonly<Record<number, Message>>;
  /** By id, what came of a message that may be in an answer on its way. */
  readonly unseenReactions: Readonly<Record<number, Told>>;
  /** What was told of messages before the catch-up, which it waits for. */
  readonly early: readonly Action[];
  /** Ids of messages that hosts have announced, the last one at the end. */
  readonly announced: readonly number[];
  /** What is pinned, the last one at the end; also what is older than all messages here. */
  readonly pins: readonly Quoted[];
  readonly mine: Mine;
  /** Ids of messages whose part of it came live while an answer was on its way. */
  readonly toldMine: readonly number[];
  /** By message, what the server has not answered yet. */
  readonly reacting: Readonly<Record<number, readonly Chosen[]>>;
  /** By poll, the option that this user has just chosen, until the server has answered. */
  readonly voting: Readonly<Record<number, number | null>>;
  /** Who else is writing, the last one at the end. */
  readonly typing: readonly Typing[];
  /** How many requests for a part of the history are open. */
  readonly asked: number;
  /** Whether one has the page before them, and whether it shows the end of the talk. */
  readonly here: boolean;
  readonly atEnd: boolean;
  /** The newest message that was read; null before one has come in. */
  readonly readUpTo: number | null;
  /** The message behind which the line "New" stands. */
  readonly newAfter: number | null;
  readonly rules: Rules;
  /** By id, whether this user is host, also of those who have left. */
  readonly badges: Readonly<Record<string, boolean>>;
  readonly mutedUntil: string | null;
  /** By which a host has removed this page's user. */
  readonly removal: Notice | null;
  /** The newest id of a history that was deleted. */
  readonly cleared: number;
  /** Ranges of ids whose messages are gone for their age, ends included, oldest first. */
  readonly retired: readonly IdRange[];
  /** By the id of a user, the newest id of messages by them that went on this connection. */
  readonly clearedOf: Readonly<Record<string, number>>;
  /** How many notes were for this page alone. */
  readonly toldCount: number;
  /** Milliseconds that the server's clock is before this device's, as far as known. */
  readonly clockOffset: number;
}

/** By its type, what an action brings along. `now` is this device's clock in milliseconds. */
interface ActionFields {
  connectionLost: unknown;
  serverStopped: unknown;
  serverFull: { why: string };
  snapshotReceived: { snapshot: Snapshot };
  inviteChanged: { invite: Invite };
  rulesChanged: { rules: Rules; now: number };
  noticeReceived: { notice: Notice; now: number };
  /** In the room that is shown, unless another one is named. */
  commandAnswered: { text: string; now: number; room?: string };
  memberJoined: { member: Member; now: number };
  memberLeft: { departure: Departure; now: number };
  membersChanged: { joined: readonly Member[]; left: readonly Departure[]; now: number };
  memberChanged: Pick<Member, "id" | "name" | "role" | "muted"> & { now: number };
  timePassed: { now: number };
  handsChanged: HandsTold;
  messagePosted: { message: Message };
  messageChanged: { message: Message };
  reactionsChanged: { id: number } & Told;
  mineChanged: { mine: Mine };
  reactionChosen: { id: number; emoji: string; on: boolean };
  /** The server has answered. */
  reactionSettled: { id: number; emoji: string; on: boolean };
  announced: { id: number; seq: number };
  voteChosen: { id: number; option: number | null };
  /** The server has answered. */
  voteSettled: { id: number; option: number | null };
  /** `since` goes by the page's own clock, from its beginning. */
  typingReceived: { typing: Typing; room?: string };
  historyCleared: { room?: string; upTo: number; now: number };
  historyAsked: unknown;
  historyReceived: {
    room?: string;
    place: Place;
    messages: readonly Message[];
    /** Whether nothing was said before these, or nothing after them. */
    isFirst: boolean;
    isLast: boolean;
    mine: Mine;
  };
  historyFailed: unknown;
  historyTrimmed: Span;
  attentionChanged: { here: boolean; atEnd: boolean };
  userCleared: { userId: string; upTo: number; seq: number };
  messagesRetired: { ranges: readonly IdRange[] };
  draftQueued: { draft: Pick<Draft, "client_id" | "text" | "quoted" | "mentions" | "files"> };
  /** Of a message that waits. */
  fileChanged: { client_id: string; key: string; change: Partial<DraftFile> };
  /** Somebody else had begun to write it. */
  draftLeft: { draft: Omit<Draft, "error"> };
  draftStored: { client_id: string; id: number; time: string; now: number };
  draftRefused: { client_id: string; error: Refusal };
  draftRetried: { client_id: string };
  draftDiscarded: { client_id: string };
  /** There is a room; whether this user is in it. */
  roomOpened: { room: Room; member: boolean };
  /** Also that it is closed. */
  roomChanged: { room: RoomFacts };
  roomDeleted: { room: string };
  personEntered: { room: string; person: User; now: number };
  personLeft: { room: string; person: User; now: number };
  /** This user has entered a room, or looked into it again. */
  roomEntered: { found: RoomFound };
  /** The reader turns to it. */
  roomChosen: { room: string };
  /** Somebody in a group asks for a host. */
  reportsChanged: object;
  cueGiven: { cue: NonNullable<State["cue"]> };
  hostCalled: { room: string; name: string; person: User; now: number };
  /** This user has read so far, perhaps elsewhere. */
  readMoved: { room: string; upTo: number; unread: number; mentions: number };
}

/** What happened. */
type Action<Type extends keyof ActionFields = keyof ActionFields> = {
  [T in Type]: { type: T } & ActionFields[T];
}[Type];

type Reducer<Type extends keyof ActionFields> = (state: State, action: ActionFields[Type]) => State;

type Reducers = { [Type in keyof ActionFields]: Reducer<Type> };

type Dispatch = (action: Action) => void;

/** A message as it stands in the list before the server has given it a number and a time. */
type Unsent = Pick<
  Message,
  "client_id" | "user_id" | "user" | "message" | "quoted" | "mentions" | "files"
>;

type Row = DayRow | GapRow | NewRow | NoteRow | MessageRow;

type DayRow = {
  kind: "day";
  key: string;
  date: Date;
  /** Days before today. */
  ago: number;
};

type GapRow = {
  kind: "gap";
  key: string;
};

type NewRow = {
  kind: "new";
  key: string;
};

type NoteRow = {
  kind: "note";
  key: string;
  note: Note;
};

/** What was sent, or is to be. */
type Said = { draft: null; message: Message } | { draft: Draft; message: Unsent };

type MessageRow = Said & {
  kind: "message";
  key: string;
  mine: boolean;
  /** Whether it mentions this page's user, or answers them. */
  named: boolean;
  /** Of the reactions to it. */
  own: readonly string[] | undefined;
  reacting: readonly Chosen[] | undefined;
  /** In a poll; and whether its reader may close it. */
  vote: number | null;
  hosting: boolean;
  /** A user's id, and the moment in milliseconds: what groups messages. */
  author: string;
  moment: number;
  /** Of its group. */
  first: boolean;
  last: boolean;
  /** Whether its author is host, and where a host reads it, whether their hand is up. */
  host: boolean;
  hand: boolean;
};

/** A part of the page that shows the state; to be called as often as one likes. */
interface Part {
  update(state: State): void;
}

/** What is to be seen of hands, by guests or by hosts; `known` are those that are no news. */
interface HandsPart {
  readonly node: HTMLElement;
  update(state: State, known: State["hands"]): void;
  remove(): void;
}

type Params = Readonly<Record<string, string | number | null | undefined>>;

/** The catalogue's texts in the reader's language. */
interface Words {
  /** The text by this key, with these parameters in its braces. */
  t(key: string, params?: Params): string;
  /** The same in the form that the number asks for. */
  count(key: string, n: number, params?: Params): string;
  /** These joined as a list, part by part. */
  list(items: readonly string[]): { type: "element" | "literal"; value: string }[];
  say(phrase: Phrase, times: Pick<Times, "until">): string;
  /** So many bytes, rounded. */
  size(bytes: number): string;
  /** Texts of what is loaded later. */
  add(texts: Readonly<Record<string, string>>): void;
}

/** Times as the reader writes them. */
interface Times {
  short(date: Date): string;
  full(date: Date): string;
  until(date: Date): string;
  day(date: Date): string;
}

/** What is kept over a reload. */
interface Kept<T> {
  load(): T | null;
  save(value: T | null): void;
}

/** A command as the composer completes it. */
interface Command {
  readonly name: string;
  readonly usage: string;
  readonly help: string;
  /** Whether it is for hosts alone. */
  readonly host: boolean;
  /** Whether it is about the room in which it is given: who has opened that may use it, too. */
  readonly here: boolean;
  /** Whether it is worth nothing as long as there is one room alone; in the main one, if `here`. */
  readonly rooms: boolean;
  /** Whether it is asked about before it is done, or only where it was chosen by a click. */
  readonly grave: boolean;
  readonly asks: boolean;
  /** Whether it begins with the name of somebody who is here. */
  readonly person: boolean;
  /** Beside whose name it stands, if it does. */
  readonly menu: "guest" | "writer" | "muted" | "host" | null;
}

/** What the composer's list offers: its first line, what it puts into the field, and a word on it. */
interface Completion {
  readonly title: string;
  readonly text: string;
  readonly caret?: number;
  readonly help: string;
}

/** What shows that there are rooms needs of the page (js/rooms/gate.js). */
interface RoomMeans {
  readonly words: Words;
  readonly times: Times;
  readonly overlays: Overlays;
  readonly getState: () => State;
  readonly dispatch: Dispatch;
  /** Says something in the room that is shown. */
  readonly tell: (text: string) => void;
  /** Promises whether it was meant. */
  readonly confirmed: (question: string, deed: string) => Promise<boolean>;
  readonly rerender: () => void;
  readonly commands: readonly Command[];
  /** What the main room is called. */
  readonly title: string;
  readonly socket: Pick<ReturnType<typeof import("./socket.js").openSocket>, "ask">;
  readonly orders: Pick<ReturnType<typeof import("./orders.js").mountOrders>, "command">;
  readonly composer: Pick<ReturnType<typeof import("./composer.js").mountComposer>, "focus">;
  /** Lets its reader hear that they are called; `call` is a number of this call. */
  readonly ring: (call: number) => void;
}

/** What the note needs by which one sends what a host asks for (js/cue/). */
interface CueMeans {
  readonly words: Words;
  readonly ask: (
    request: Wire.Request<"new_message">,
  ) => Promise<Wire.Answer<"new_message"> | null>;
}

/** What shows hosts what was reported (js/reports/). */
type ReportMeans = Pick<
  RoomMeans,
  "words" | "times" | "overlays" | "tell" | "confirmed" | "socket"
>;

/** Where one goes by it (js/rooms/going.js). */
interface Going {
  show(room: string): void;
  enter(room: string): Promise<void>;
  leave(room: string): Promise<void>;
  talkTo(person: User): Promise<void>;
  open(name: string): Promise<string>;
  call(room: string): Promise<void>;
}

/** What one can get to by its name. */
interface RoomGoal {
  readonly key: string;
  readonly name: string;
  readonly sign: Element;
  readonly beside: readonly (Node | string)[];
  readonly go: () => void;
}

/** What a room is called, and the sign before that. */
interface RoomSigns {
  name(room: Pick<Room, "kind" | "name" | "person">): string;
  sign(room: Pick<Room, "kind" | "name" | "person">): Element;
}

/** A choice of a menu; `symbol` is an icon of the page's sprite. */
interface MenuItem {
  readonly text: string;
  readonly symbol?: string;
  readonly danger?: boolean;
  readonly onChoose: () => void;
}

/** What can be done with a message, beside an element (js/actions.js). */
interface MessageMenus {
  open(id: number, anchor: HTMLElement): void;
  react(id: number, anchor: HTMLElement): void;
}

/** How polls are shown, and what comes of what is pressed there. */
interface PollOptions {
  readonly words: Words;
  readonly onVote: (id: number, option: number | null) => void;
  readonly onClose: (id: number) => void;
}

/** What comes of a choice in such a menu. */
interface MessageDeeds {
  reply(id: number): void;
  edit(id: number): void;
  jump(id: number): void;
  react(id: number, emoji: string): void;
  pin(id: number, on: boolean): void;
  erase(id: number): void;
  clear(person: User): void;
  report(id: number): void;
  talkTo(person: User): void;
}

/** What lies over the page for a moment, one at a time (js/overlays.js). */
interface Overlays {
  open(card: HTMLElement, anchor: HTMLElement, onClose?: () => void): void;
  close(): void;
  isOpen(card: HTMLElement): boolean;
  /** What the card needs may have to be loaded; where that fails (false) it does not open. */
  mountOpener(
    button: HTMLElement,
    card: HTMLElement,
    prepare?: () => Promise<boolean> | void,
  ): void;
  /** `head` stands before the items; what in it has a role of menus is reached by the arrow keys. */
  openMenu(
    anchor: HTMLElement,
    menu: { label: string; items: readonly MenuItem[]; head?: HTMLElement },
  ): void;
}

/** What the page brings along, as docs/protocol.md has it. */
interface Config extends Invite {
  readonly serverUrl: string;
  readonly socketPath: string;
  readonly transports: readonly string[];
  readonly room: string;
  readonly user: User;
  readonly lang: string;
  readonly strings: Readonly<Record<string, string>>;
  readonly commands: readonly Command[];
  /** Characters of a message, and messages a second. */
  readonly limits: {
    readonly message: number;
    readonly rate: number;
    /** Seconds for which one may edit what one has said. */
    readonly edit: number;
    /** Bytes of a file; 0 where none are taken. */
    readonly file: number;
  };
}

/** As the wire has them. */
declare namespace Wire {
  interface Move {
    logout?: boolean;
    id: string;
    user: string;
    ip: string;
    time: string;
    role?: "host" | "guest";
    muted?: boolean;
  }

  interface Events {
    server_stop: unknown;
    add_chat_message: Message;
    message_changed: Message;
    reactions_changed: { id: number } & Told;
    announced: { id: number; seq: number };
    mine: Mine;
    hands_changed: HandsTold;
    typing: { room?: string; user_id: string; user: string };
    history_cleared: { up_to: number; room?: string };
    user_cleared: { user_id: string; up_to: number; seq: number };
    messages_retired: { ranges: IdRange[] };
    host_join_room: Move;
    host_leave_room: Move;
    hosts_changed: { joined: Move[]; left: Move[] };
    person_changed: Pick<Member, "id" | "role" | "muted"> & { user: string };
    /** Without an id it is about the main room. */
    room_changed: Rules | RoomFacts;
    room_opened: RoomHere & { member: boolean };
    room_closed: RoomFacts;
    room_deleted: { id: string };
    host_called: { room: string; name: string; id: string; user: string };
    send_now: { text: string; id: string; user: string };
    reports: object;
    member_joined: PersonIn;
    member_left: PersonIn;
    read: Read;
    invite_changed: Invite;
    notice: Notice;
  }

  /** What was said in private, as it was then; `id` is that of the message that was reported. */
  interface Report {
    id: number;
    by: Person;
    time: string;
    messages: { id: number; user: string; message: string; time: string; files?: string[] }[];
  }

  /** By the event's name, the action that it means; `now` is this device's clock. */
  type Actions = { [Name in keyof Events]: (payload: Events[Name], now: number) => Action };

  interface Person {
    id: string;
    user: string;
  }

  interface PersonIn extends Person {
    room: string;
  }

  interface RoomHere extends RoomFacts {
    members: number;
    person?: Person;
    people?: Person[];
  }

  interface RoomMine extends RoomHere {
    unread: number;
    mentions: number;
    last_id: number;
    complete: boolean;
    anew?: boolean;
    cleared: number;
    retired?: number;
  }

  interface Read {
    room: string;
    id: number;
    unread: number;
    mentions: number;
  }

  interface Entered {
    room: RoomHere;
    seq: number;
    members: Person[];
    messages: Message[];
    complete: boolean;
    pins: Message[];
    mine: Mine;
  }

  /** What this user has done, by the ids of messages. */
  type Mine = Readonly<Record<string, Own>>;

  interface Requests {
    new_host: {
      payload: { batches: boolean; last_seq: number; epoch: string; rooms?: boolean };
      answer: {
        you: User;
        hosts: Member[];
        messages: Message[];
        complete: boolean;
        invite?: Invite;
        room: Rules;
        changed: Message[];
        seq: number;
        epoch: string;
        anew?: boolean;
        cleared: number;
        retired?: number;
        pins: Message[];
        mine: Mine;
        rooms?: RoomMine[];
        open?: RoomHere[];
        hands?: Hand[];
      };
    };
    open_room: { payload: { name: string }; answer: Entered };
    enter_room: { payload: { room: string }; answer: Entered };
    open_direct: { payload: { person: string }; answer: Entered };
    leave_room: { payload: { room: string }; answer: unknown };
    call_host: { payload: { room: string }; answer: { hosts: number } };
    report: { payload: { id: number; dismiss: true }; answer: unknown };
    reports: { payload: object; answer: { reports: Report[]; count: number } };
    mark_read: { payload: { room: string; id: number }; answer: Read };
    new_message: {
      payload: {
        message?: string;
        client_id: string;
        poll?: Pick<Poll, "question" | "options">;
        room?: string;
        reply_to?: number;
        mentions?: readonly string[];
        files?: readonly string[];
      };
      answer: { id: number; time: string };
    };
    history: {
      payload: { room: string; limit: number; files?: boolean } & Place;
      answer: {
        messages: Message[];
        complete: boolean;
        mine: Mine;
        complete_before?: boolean;
        complete_after?: boolean;
      };
    };
    edit_message: {
      payload: { id: number; message: string; client_id: string; mentions: readonly string[] };
      answer: { seq: number; time: string };
    };
    delete_message: { payload: { id: number }; answer: { seq: number } };
    react: { payload: { id: number; emoji: string; on: boolean }; answer: unknown };
    vote: { payload: { id: number; option: number | null }; answer: unknown };
    close_poll: { payload: { id: number }; answer: { seq: number } };
    typing: { payload: { room: string }; answer: unknown };
    hand: { payload: { up: boolean; person?: string; all?: boolean }; answer: unknown };
    send_now: { payload: { text: string }; answer: { people: number } };
    search: { payload: Query; answer: Found & { messages: Message[] } };
    host_command: {
      payload: { name: string; text: string; person?: string; room?: string };
      answer: { message: string; room?: string };
    };
  }

  type Request<Name extends keyof Requests> = readonly [
    name: Name,
    payload: Requests[Name]["payload"],
  ];

  type Answer<Name extends keyof Requests> =
    ({ ok: true } & Requests[Name]["answer"]) | { ok: false; error: Refusal };
}
