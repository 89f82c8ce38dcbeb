// The chat page: reads its configuration, makes the parts and joins them. Actions go up into
// the state, the state comes down into the parts, once a frame.

import { mountComposer } from "./composer.js";
import { mountCopying } from "./copying.js";
import { mountAttention, readUpTo } from "./attention.js";
import { byId, readConfig } from "./dom.js";
import { breakable, mountCopy, mountInvite } from "./invite.js";
import { isHost, silencedBy } from "./moderation.js";
import {
  followViewport,
  ignoreHeldKeys,
  mountConfirm,
  mountFarewell,
  mountPanel,
} from "./overlays.js";
import { keep, keepDraft, mountThemeSwitches, takeCode, takeMessage } from "./page.js";
import { mountPeople } from "./people.js";
import { newClientId } from "./protocol.js";
import { countNew } from "./reading.js";
import { mountRename } from "./rename.js";
import { openSocket } from "./socket.js";
import { initial, reduce } from "./state.js";
import { mountRules, mountStatus } from "./status.js";
import { mountTimeline } from "./timeline.js";
import { atEachMidnight, inOwnZone, makeTimes, makeWords } from "./words.js";

const LOOK_AGAIN_AFTER = 15_000; // milliseconds, for who is away: have they left by now?

const config = readConfig();
const at = (/** @type {string} */ id) => byId(id, HTMLElement);
const words = makeWords(config.strings, config.lang);
const times = makeTimes(config.lang);
// Whoever has to log in anew, perhaps by another name, finds what is not said yet.
const draft = keepDraft(keep("sessionStorage", "lanchat.writing"), () => state.you);
/** @type {Kept<readonly Draft[]>} */
const outbox = keep("sessionStorage", "lanchat.outbox");

let state = initial({
  you: config.user,
  invite: config,
  outbox: outbox.load() ?? [],
  stale: { message: words.t("client.written_before") },
  readUpTo: readUpTo(config.user),
});

/** @param {Action} action */
function dispatch(action) {
  const before = state.outbox;
  state = reduce(state, action);
  if (state.outbox !== before) outbox.save(state.outbox);
  schedule();
}

const composer = mountComposer(
  {
    form: byId("composer", HTMLFormElement),
    field: byId("message", HTMLTextAreaElement),
    send: byId("send", HTMLButtonElement),
    limitLine: at("composer-limit"),
    list: at("commands"),
  },
  {
    words,
    limit: config.limits.message,
    draft,
    names: config.commands.map(({ name }) => name),
    usable,
    onSend: post,
    onCommand: command,
    onLeft: (left) =>
      dispatch({ type: "draftLeft", draft: { client_id: newClientId(), ...left } }),
  },
);
const confirmed = mountConfirm({
  dialog: at("sure"),
  rest: at("chat"),
  text: at("sure-text"),
  no: at("sure-no"),
  yes: byId("sure-yes", HTMLButtonElement),
});
const rules = mountRules(at("rules"), { words });
const farewell = mountFarewell(
  { card: at("farewell"), why: at("farewell-why"), again: at("farewell-again") },
  { words, times },
);
const people = mountPeople(
  { list: at("people"), total: at("people-count"), line: at("count") },
  { words, commands: config.commands, onAct: moderate },
);
const status = mountStatus(at("status"), { words, rerender: schedule });
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
    mayDelete: () => isHost(state),
    getState: () => state,
    onAct: act,
    onMove: (atEnd) => attend(atEnd),
    onLoad: (place) => socket.load(place),
    onTrim: (span) => dispatch({ type: "historyTrimmed", ...span }),
  },
);
const invite = mountInvite(
  {
    none: at("invite-none"),
    way: at("invite-way"),
    picture: byId("invite-code", HTMLImageElement),
    address: at("invite-address"),
  },
  { write: breakable },
);
const socket = openSocket(config, {
  rate: config.limits.rate,
  dispatch,
  getState: () => state,
  onUnauthorized: () => location.assign("./"),
  onPause: (pause) =>
    composer.pause(pause, state.rules.slow > 0 ? "client.slow_mode" : "client.too_fast"),
});

const attend = mountAttention({ getState: () => state, dispatch });

ignoreHeldKeys(document);
mountCopying(at("rows"));
takeCode(); // who is in already does not need the one of an invitation
mountThemeSwitches(document);
mountCopy(
  { address: at("invite-address"), button: at("copy-address"), result: at("copy-result") },
  { words },
);
mountRename(
  {
    open: byId("open-rename", HTMLButtonElement),
    form: byId("rename", HTMLFormElement),
    field: byId("new-name", HTMLInputElement),
    error: at("rename-error"),
  },
  { words, ownName: () => state.you.name },
);
mountPanel({
  panel: at("panel"),
  room: at("room"),
  backdrop: at("backdrop"),
  open: at("open-panel"),
  close: at("close-panel"),
});
followViewport(at("chat"));
at("log-out").addEventListener("submit", () => {
  draft.save("");
  outbox.save([]);
});
// A keyboard that jumps up on a phone would hide what one came to read.
if (matchMedia("(hover: hover)").matches) composer.focus();

/** @param {string} text */
function post(text) {
  dispatch({ type: "draftQueued", draft: { client_id: newClientId(), text } });
  socket.send();
}

/** The commands that this user may use. */
function usable() {
  return config.commands.filter(({ host }) => !host || isHost(state));
}

/**
 * Let the server carry out a command; what was wrong with it, or "".
 * @param {string} name
 * @param {string} text
 * @param {string} [person]
 */
async function command(name, text, person) {
  const known = config.commands.find((one) => one.name === name);
  if (known === undefined) return words.t("client.unknown_command", { name });
  if (known.host && !isHost(state)) return words.t("client.host_command", { name });
  if (known.grave && !(await isMeant(name))) return "";
  const { toldCount } = state;
  const answer = await socket.command(name, text, person);
  // What everybody was told meanwhile need not be said twice.
  if (answer?.ok && state.toldCount === toldCount) tell(inOwnZone(answer.message, times));
  return answer?.ok
    ? ""
    : inOwnZone(answer?.error.message ?? words.t("client.no_connection"), times);
}

/**
 * What a host chose to do beside somebody's name.
 * @param {string} name
 * @param {Member} member
 */
async function moderate(name, { id, name: person }) {
  if (await isSure(name, { name: person })) tell(await command(name, "", id));
}

/** @param {string} id */
async function erase(id) {
  if (await isSure("delete")) tell(await command("delete", id));
}

/**
 * What a click does is asked about where a slip of the finger would be a pity.
 * @param {string} name
 * @param {Params} [params]
 */
async function isSure(name, params) {
  const known = config.commands.find((one) => one.name === name);
  return known?.asks ? await isMeant(name, params) : true;
}

/**
 * @param {string} name
 * @param {Params} [params]
 */
function isMeant(name, params) {
  return confirmed(words.t(`client.sure.${name}`, params), words.t(`client.action.${name}`));
}

/** @param {string} text */
function tell(text) {
  if (text !== "") dispatch({ type: "commandAnswered", text, now: Date.now() });
}

/**
 * What somebody chose to do below a message; the id is a draft's `client_id`, or the message's.
 * @param {string} name
 * @param {string} id
 */
function act(name, id) {
  if (name === "delete") erase(id);
  else if (name === "retry") {
    dispatch({ type: "draftRetried", client_id: id });
    socket.send();
  } else {
    const failed = state.outbox.find(({ client_id }) => client_id === id);
    dispatch({ type: "draftDiscarded", client_id: id });
    if (name === "edit" && failed) composer.edit(failed.text);
  }
}

// A hidden page gets no animation frames, and its title still has to count.
/** @type {(() => void) | null} */
let cancel = null;

function schedule() {
  if (cancel !== null) return;
  if (document.hidden) {
    const timer = setTimeout(render, 200);
    cancel = () => clearTimeout(timer);
  } else {
    const frame = requestAnimationFrame(render);
    cancel = () => cancelAnimationFrame(frame);
  }
}

document.addEventListener("visibilitychange", () => {
  cancel?.();
  cancel = null;
  schedule();
});

// A link to a message (#message-41) leads to it, also where the page is open already.
window.addEventListener("hashchange", () => followLink());

async function followLink() {
  const id = state.joined ? takeMessage() : null;
  if (id === null || (await timeline.jump(id))) return;
  tell(words.t("client.message_gone"));
}

function render() {
  cancel = null;
  people.update(state);
  status.update(state);
  timeline.update(state);
  invite.update(state);
  rules.update(state);
  farewell.update(state);
  const why = silencedBy(state);
  composer.follow();
  composer.silence(why === null ? "" : words.say(why, times));
  const unread = countNew(state);
  timeline.updateUnread(unread);
  document.title = !state.here && unread > 0 ? `(${unread}) ${config.room}` : config.room;
  followLink();
}

schedule();
atEachMidnight(schedule); // what was said today was said yesterday from then on
setInterval(() => {
  if (state.away.length > 0) dispatch({ type: "timePassed", now: Date.now() });
}, LOOK_AGAIN_AFTER);
window.lanchatRuns = true; // see floor.js
