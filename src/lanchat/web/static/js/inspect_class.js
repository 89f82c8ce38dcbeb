// The page /inspect/class: the whole room on the projector, for hosts. What moves comes as lines
// (docs/protocol.md), is kept for two minutes (classroom/playback.js), and one moment of it is shown.

import { makeAwake } from "./awake.js";
import { mountAsking } from "./classroom/asking.js";
import { makePlayback } from "./classroom/playback.js";
import { countsOf } from "./classroom/room.js";
import { mountStage } from "./classroom/stage.js";
import { byId, readConfig, setText } from "./dom.js";
import { openStream } from "./inspect/stream.js";
import { mountTrouble } from "./inspect/trouble.js";
import { mountThemeSwitches } from "./page.js";
import { openSocket } from "./socket.js";
import { initial, reduce } from "./state.js";
import { makeWords } from "./words.js";

const WORDS_EACH = 100; // milliseconds: nobody reads faster, and dots move between

const config = readConfig();
const words = makeWords(config.strings, config.lang);
const at = (/** @type {string} */ id) => byId(id, HTMLElement);
const again = byId("class-again", HTMLButtonElement);

let state = initial({ you: config.user, invite: config });
/** @type {ReturnType<typeof openStream> | null} */
let stream = null;
let wordsDue = 0;

const playback = makePlayback();
const stage = mountStage(at("class-stage"), { words });
const chat = { href: "../chat", text: words.t("class.trouble.chat") };
const trouble = mountTrouble(at("class-trouble"), {
  why: (is) => words.t(`class.trouble.${is}`),
  again: words.t("class.trouble.again"),
  hurry: () => stream?.hurry(),
  links: { out: chat, off: chat },
});
const asking = mountAsking(
  {
    form: byId("class-ask", HTMLFormElement),
    text: byId("class-text", HTMLInputElement),
    button: byId("class-send", HTMLButtonElement),
    result: at("class-round"),
  },
  { words, lang: config.lang, ask: (request) => socket.ask(request) },
);

const socket = openSocket(config, {
  rate: config.limits.rate,
  // What is said is not for this page to keep.
  dispatch(action) {
    state = { ...reduce(state, action), messages: [], notes: [], away: [] };
  },
  getState: () => state,
  onUnauthorized: () => location.assign("../"),
  onPause() {},
});

stream = openStream("class/stream", {
  onLines(lines) {
    playback.add(lines, performance.now());
    if (document.hidden) playback.step(performance.now()); // nothing is drawn meanwhile
  },
  onState: trouble.show,
});

/** @param {number} now */
function draw(now) {
  playback.step(now);
  const room = playback.room();
  stage.draw(playback.flights(), room);
  if (now >= wordsDue) {
    wordsDue = now + WORDS_EACH;
    stage.update(room, playback.moment());
    drawStatus(room, now);
  }
  requestAnimationFrame(draw);
}

/**
 * @param {Classroom.Room} room
 * @param {number} now
 */
function drawStatus(room, now) {
  const { here, away } = countsOf(room);
  const behind = playback.behind(now);
  const told = [
    words.count("class.here", here),
    ...(away > 0 ? [words.count("class.away", away)] : []),
    ...(behind >= 1 ? [words.t("class.behind", { seconds: Math.round(behind) })] : []),
    ...(room.shared ? [words.t("class.shared")] : []),
  ];
  setText(at("class-status"), told.join(" · "));
  again.setAttribute("aria-pressed", String(playback.isAgain()));
  asking.update(room.round);
}

/** @type {NodeListOf<HTMLInputElement>} */
const speeds = document.querySelectorAll("input[name=speed]");
for (const choice of speeds) {
  if (choice.checked) playback.setSpeed(1 / Number(choice.value)); // as it was before a reload
  choice.addEventListener("change", () => playback.setSpeed(1 / Number(choice.value)));
}
again.addEventListener("click", () => playback.again(performance.now()));
mountThemeSwitches(document);
makeAwake()(true); // nobody touches it
requestAnimationFrame(draw);
window.lanchatRuns = true; // see floor.js
