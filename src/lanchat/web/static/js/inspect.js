// The page /inspect: what one's own connections carry, while it happens. First comes the stream of
// what is seen (inspect/stream.js), then a connection of the page's own, so that its opening is seen.

import { mountCue } from "./cue/gate.js";
import { mountCueNote } from "./cue/note.js";
import { byId, readConfig, setText } from "./dom.js";
import { mountFan } from "./inspect/fan.js";
import { mountFrame } from "./inspect/frame.js";
import { mountHandshake } from "./inspect/handshake.js";
import { mountLadder } from "./inspect/ladder.js";
import { mountLink } from "./inspect/link.js";
import { watchPolling } from "./inspect/polling.js";
import { initial as empty, entryOf, reduce as seen } from "./inspect/record.js";
import { mountSaying } from "./inspect/saying.js";
import { openStream } from "./inspect/stream.js";
import { mountTabs } from "./inspect/tabs.js";
import { mountTrouble } from "./inspect/trouble.js";
import { watchTrips } from "./inspect/trips.js";
import { isHost } from "./moderation.js";
import { mountThemeSwitches, onceAFrame } from "./page.js";
import { historyRequest } from "./protocol.js";
import { openSocket } from "./socket.js";
import { initial, reduce } from "./state.js";
import { makeWords } from "./words.js";

const config = readConfig();
const words = makeWords(config.strings, config.lang);
const schedule = onceAFrame(draw);
const at = (/** @type {string} */ id) => byId(id, HTMLElement);

let state = initial({ you: config.user, invite: config });
let record = empty();
/** @type {Inspect.Record | null} */
let paused = null; // the picture that stands still
/** @type {number | null} */
let selected = null;
let status = "";
let polls = false;
/** @type {Parameters<typeof trouble.show>[0]} */
let looks = "away";
/** @type {ReturnType<typeof openSocket> | null} */
let socket = null;

const tabs = mountTabs({ onTurn: () => schedule() });
const options = { words, lang: config.lang, select, show: tabs.show };
/** @type {Partial<Record<Inspect.ViewName, Inspect.View>>} */
const views = {
  ladder: mountLadder(at("ladder"), { ...options, next: (now) => saying.next(now) }),
  frame: mountFrame(at("frame"), options),
  handshake: mountHandshake(at("handshake"), options),
  link: mountLink(at("link"), { ...options, probe }),
  fanout: mountFan(at("fanout"), options),
};
const saying = mountSaying({
  words,
  limit: config.limits.message,
  ask: (request) => socket?.ask(request) ?? Promise.resolve(null),
  people: () => state.members.length,
  onChange: schedule,
});
const cue = mountCue(() => Promise.resolve({ mountCueNote }), {
  words,
  ask: (request) => socket?.ask(request) ?? Promise.resolve(null),
});
const trouble = mountTrouble(at("inspect-trouble"), {
  why: (is) => words.t(`inspect.trouble.${is}`),
  again: words.t("inspect.trouble.again"),
  hurry: () => stream.hurry(),
  links: {
    out: { href: "./", text: words.t("inspect.trouble.log_in") },
    off: { href: "chat", text: words.t("inspect.trouble.chat") },
  },
});
const stream = openStream("inspect/stream", {
  onLines: take,
  onState(is) {
    looks = is;
    showTrouble();
    status = words.t(`inspect.status.${is}`);
    schedule();
    if (is !== "looking") take([{ kind: "away" }]);
    if (is === "looking") connect();
    // Its next opening is to be seen: it waits for the stream.
    else socket?.hold(is === "away");
  },
});

/** @param {readonly Inspect.Line[]} lines */
function take(lines) {
  for (const line of lines) if (line.kind === "lane") showLane(line.lane);
  record = lines.reduce(seen, record);
  schedule();
}

/**
 * Which lane one is where a class looks at all (js/inspect_class.js); null where nobody does.
 * @param {number | null} lane
 */
function showLane(lane) {
  at("inspect-lane").hidden = lane === null;
  setText(at("inspect-lane"), words.t("inspect.lane", { lane: lane ?? "" }));
}

/** Come in with a connection of this page's own, once it is looked at. */
function connect() {
  if (socket !== null) {
    socket.hold(false);
    return;
  }
  socket = openSocket(config, {
    rate: config.limits.rate,
    // What is said here is not for this page to keep.
    dispatch(action) {
      state = { ...reduce(state, action), messages: [], notes: [], away: [] };
      cue(state);
      at("inspect-class").hidden = !isHost(state);
      schedule();
    },
    getState: () => state,
    onUnauthorized: () => location.assign("./"),
    onPause() {},
  });
  socket.onEngine((engine) => {
    watchTrips(engine, (line) => take([line]));
    watchPolling(engine, (does) => {
      polls = does;
      showTrouble();
    });
  });
}

function showTrouble() {
  trouble.show(looks === "looking" && polls ? "polling" : looks);
}

/** Ask for something that changes nothing, and that nobody else sees. */
async function probe() {
  await socket?.ask(historyRequest({ before: 1 }));
}

/**
 * @param {number | null} key
 * @param {boolean} [open]
 */
function select(key, open = false) {
  selected = key;
  const entry = entryOf(paused ?? record, key);
  const isOfHandshake = entry?.kind === "handshake" || entry?.kind === "connection";
  if (entry !== undefined && (open || tabs.isWide())) {
    tabs.lead(isOfHandshake ? "handshake" : "frame");
  }
  schedule();
}

function draw() {
  const missed = paused && words.count("inspect.status.paused", record.next - paused.next);
  setText(at("inspect-status"), missed ?? (state.whyFull || status));
  for (const [name, view] of Object.entries(views)) {
    if (tabs.isShown(/** @type {Inspect.ViewName} */ (name))) {
      view.update(paused ?? record, selected);
    }
  }
}

at("inspect-pause").addEventListener("click", ({ currentTarget }) => {
  paused = paused === null ? record : null;
  /** @type {HTMLElement} */ (currentTarget).setAttribute("aria-pressed", String(paused !== null));
  // What a pause misses is counted, which nobody wants to hear.
  at("inspect-status").setAttribute("aria-live", paused === null ? "polite" : "off");
  schedule();
});
at("inspect-again").addEventListener("click", async () => {
  await fetch("inspect/again", { method: "POST" }).catch(() => null);
});
mountThemeSwitches(document);
window.lanchatRuns = true; // see floor.js
