// The chat page: reads its configuration, makes the parts and joins them. Actions go up into
// the state, the state comes down into the parts, once a frame.

import { mountAttaching } from "./attaching.js";
import { mountAttention, readUpTo } from "./attention.js";
import { makeBadge } from "./badge.js";
import { mountComposer } from "./composer.js";
import { mountCue } from "./cue/gate.js";
import { mountConfirm, mountFarewell, mountPanel } from "./dialogs.js";
import { byId, readConfig } from "./dom.js";
import { waysToHear } from "./hearing.js";
import { newestId } from "./history.js";
import { mountEmptyRoom, mountWayIn } from "./invite.js";
import { mountLater } from "./later.js";
import { mountLinks } from "./links.js";
import { mentionable } from "./mentions.js";
import { silencedBy } from "./moderation.js";
import { mountOrders } from "./orders.js";
import { mountOverlays, setInert } from "./overlays.js";
import { followViewport, ignoreHeldKeys, keep, keepDrafts, onceAFrame, takeCode } from "./page.js";
import { mountPeople, othersOf } from "./people.js";
import { newClientId } from "./protocol.js";
import { mountHands } from "./raising.js";
import { countNew } from "./reading.js";
import { keptRoom, mountGate } from "./rooms/gate.js";
import { rulesIn } from "./rooms/rules.js";
import { LOBBY, viewIn } from "./rooms/views.js";
import { unreadElsewhere } from "./rooms/unread.js";
import { openSocket } from "./socket.js";
import { initial, reduce } from "./state.js";
import { mountBoard, mountStatus, mountWaits } from "./status.js";
import { mountTalk } from "./talk.js";
import { mountTimeline } from "./timeline.js";
import { atEachMidnight, makeTimes, makeWords } from "./words.js";

const LOOK_AGAIN_AFTER = 15_000; // milliseconds, for who is away: have they left by now?

const config = readConfig();
const schedule = onceAFrame(() => render());
const at = (/** @type {string} */ id) => byId(id, HTMLElement);
const words = makeWords(config.strings, config.lang);
const times = makeTimes(config.lang);
// Whoever has to log in anew, perhaps by another name, finds what is not said yet.
const drafts = keepDrafts(() => state.you);
/** @type {Kept<readonly Draft[]>} */
const outbox = keep("sessionStorage", "lanchat.outbox");

let state = initial({
  you: config.user,
  invite: config,
  outbox: outbox.load() ?? [],
  stale: { message: words.t("client.written_before") },
  readUpTo: readUpTo(config.user),
  ...keptRoom.load(config.user),
});
let seenUpTo = Infinity; // what has a greater id comes while one looks

/** @param {Action} action */
function dispatch(action) {
  const before = state;
  state = reduce(state, action);
  if (state.outbox !== before.outbox) outbox.save(state.outbox);
  if (action.type === "messagePosted") hear(before, action.message);
  if (action.type === "announced") later.announce(action, viewIn(state, LOBBY)?.pins);
  if (rulesIn(state).slow < rulesIn(before).slow) socket.hurry();
  // At once: what is typed next is for where one is now.
  if (state.room !== before.room) turn(before.room);
  schedule();
}

/** @param {string} before the room that was shown */
function turn(before) {
  timeline.leave();
  talk.turn(before, state.room);
}

/**
 * @param {State} before
 * @param {Message} message
 */
async function hear(before, message) {
  const how = waysToHear(before, state, message);
  if (how !== null) (await later.alerts())?.heard(message, how);
}

const links = mountLinks({
  ...{ words, dispatch, tell, getState: () => state },
  ...{ render: () => render(), jump: (id) => timeline.jump(id) },
});
const overlays = mountOverlays({ rest: at("chat"), shade: at("shade") });
const attaching = mountAttaching({
  ...{ words, times, overlays, dispatch, tell, limit: config.limits.file },
  getState: () => state,
  onChange: () => composer.show(),
  onWhole: () => socket.send(),
  more: () => hands.items(),
});
const composer = mountComposer(
  {
    form: byId("composer", HTMLFormElement),
    field: byId("message", HTMLTextAreaElement),
    send: byId("send", HTMLButtonElement),
    limitLine: at("composer-limit"),
    list: at("commands"),
    box: at("composer-box"),
    barred: at("composer-barred"),
  },
  {
    words,
    limit: config.limits.message,
    room: state.room,
    draftIn: drafts.of,
    names: config.commands.map(({ name }) => name),
    usable: () => orders.usable(),
    people: () => othersOf(state.you, state.members),
    mentionable: () => othersOf(state.you, mentionable(state)),
    onSend: (text) => talk.post(text),
    onCommand: (name, text) => orders.command(name, text),
    onLeft: (left) => dispatch({ type: "draftLeft", draft: { client_id: newClientId(), ...left } }),
    onStop: () => talk.stop(),
    onRecall: () => talk.recall(),
    onTyping: () => talk.typed(),
    hasFiles: () => attaching.waits(),
  },
);
const confirmed = mountConfirm({
  dialog: at("sure"),
  rest: at("chat"),
  text: at("sure-text"),
  no: at("sure-no"),
  yes: byId("sure-yes", HTMLButtonElement),
});
const orders = mountOrders(
  { field: at("message"), opener: at("open-order") },
  {
    words,
    times,
    overlays,
    commands: config.commands,
    takesFiles: config.limits.file > 0,
    getState: () => state,
    confirmed,
    send: (...order) => socket.command(...order),
    ask: (request) => socket.ask(request),
    tell,
    rerender: schedule,
    rooms: {
      enter: (id) => rooms.enter(id),
      open: (opener) => rooms.openRoom(opener),
      shareOut: (opener) => rooms.shareOut(opener),
    },
  },
);
const board = mountBoard(
  {
    board: at("board"),
    chips: at("rules"),
    topic: at("topic"),
    topicText: at("topic-text"),
    pins: at("pins"),
  },
  { words, onJump: links.jump },
);
const farewell = mountFarewell({ card: at("farewell"), why: at("farewell-why") }, { words, times });
const people = mountPeople(
  { list: at("people"), search: byId("people-search", HTMLInputElement), line: at("count") },
  {
    ...{ words, overlays, commands: config.commands },
    ...{ onAct: orders.moderate, onClear: orders.clear },
    onTalk: (member) => rooms.talkTo(member),
  },
);
const status = mountStatus(at("status"), { words, rerender: schedule });
const waits = mountWaits(at("rows"), { words, rerender: schedule });
const timeline = mountTimeline(
  {
    log: at("log"),
    rows: at("rows"),
    newest: at("newest"),
    label: at("newest-label"),
  },
  {
    words,
    times,
    getState: () => state,
    takesFiles: config.limits.file > 0,
    previewOf: attaching.previewOf,
    whyPending: () => waits.why(state),
    isLive: ({ draft: unsent, message }) => unsent !== null || message.id > seenUpTo,
    onAct: (name, id) => talk.act(name, id),
    onMove: (atEnd) => attend(atEnd),
    onLoad: (place) => socket.load(place),
    onTrim: (span) => dispatch({ type: "historyTrimmed", ...span }),
    polls: { onVote: (...vote) => talk.vote(...vote), onClose: (id) => talk.closePoll(id) },
  },
);
const invite = mountWayIn("invite", { words });
const emptyRoom = mountEmptyRoom(at("empty"), { words });
const socket = openSocket(config, {
  rate: config.limits.rate,
  rooms: true,
  dispatch,
  getState: () => state,
  onUnauthorized: () => location.assign("./"),
  onPause(pause) {
    composer.pause(pause, rulesIn(state).slow > 0 ? "client.slow_mode" : "client.too_fast");
    waits.pause(pause);
  },
});
const talk = mountTalk(
  {
    ...{ log: at("log"), rows: at("rows"), place: at("conversation") },
    ...{ bar: at("composing"), text: at("composing-text"), cancel: at("composing-cancel") },
    ...{ typing: at("typing"), search: at("open-search") },
  },
  {
    ...{ words, times, overlays, confirmed, tell, dispatch },
    ...{ config, composer, orders, socket, attaching },
    getState: () => state,
    onJump: links.jump,
    rooms: { nameOf: (id) => rooms.nameOf(id), talkTo: (person) => rooms.talkTo(person) },
  },
);
const attend = mountAttention({ getState: () => state, dispatch });

const later = mountLater({
  ...{ words, overlays, tell, room: config.room },
  ownName: () => state.you.name,
  onLoad: talk.loadRest,
});
const rooms = mountGate({
  ...{ words, times, overlays, dispatch, tell, confirmed, socket, orders, composer },
  commands: config.commands,
  title: config.room,
  ring: async (call) => (await later.alerts())?.ring(call),
  getState: () => state,
  rerender: schedule,
});
const hands = mountHands({
  ...{ words, times, tell, ask: socket.ask, alerts: later.alerts },
  getState: () => state,
});
const cue = mountCue(() => import("./cue/note.js"), { words, ask: socket.ask });
const badge = makeBadge(byId("icon", HTMLLinkElement), config.room);

ignoreHeldKeys(document);
takeCode(); // who is in already does not need the one of an invitation
overlays.mountOpener(at("open-invite"), at("invite"), () => invite.update(state));
mountPanel({
  panel: at("panel"),
  room: at("room"),
  backdrop: at("backdrop"),
  open: at("open-panel"),
  close: at("close-panel"),
});
followViewport(at("chat"));
at("log-out").addEventListener("submit", () => {
  drafts.clear();
  outbox.save([]);
});
// A keyboard that jumps up on a phone would hide what one came to read.
if (matchMedia("(hover: hover)").matches) composer.focus();

/** @param {string} text */
function tell(text) {
  if (text !== "") dispatch({ type: "commandAnswered", text, now: Date.now() });
}

function render() {
  rooms.update(state);
  people.update(state);
  status.update(state);
  emptyRoom.update(state); // what stands above the messages goes before these are scrolled
  timeline.update(state);
  waits.update(state);
  if (state.joined && seenUpTo === Infinity) setTimeout(later.load);
  seenUpTo = state.joined ? Math.max(newestId(state), state.lastSeq) : seenUpTo;
  if (overlays.isOpen(at("invite"))) invite.update(state);
  board.update(state);
  orders.update(state);
  hands.update(state);
  talk.update(state);
  cue(state);
  farewell.update(state);
  const why = silencedBy(state);
  composer.follow();
  composer.silence(why === null ? "" : words.say(why, times));
  const unread = countNew(state);
  timeline.updateUnread(unread);
  badge((state.here ? 0 : unread) + unreadElsewhere(state).unread);
  links.follow();
}

schedule();
atEachMidnight(schedule); // what was said today was said yesterday from then on
setInterval(() => {
  if (state.away.length > 0) dispatch({ type: "timePassed", now: Date.now() });
}, LOOK_AGAIN_AFTER);
setInert(at("acts"), false); // a click before would be lost
window.lanchatRuns = true; // see floor.js
