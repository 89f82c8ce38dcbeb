// The page for a projector: how to get in, in letters for the last row, how many are here, and whose
// hands are up.

import { makeAwake } from "./awake.js";
import { byId, element, readConfig, setText } from "./dom.js";
import { peopleOf } from "./hands.js";
import { codeOf } from "./page.js";
import { mountInvite } from "./invite.js";
import { isHost } from "./moderation.js";
import { mountProjectedPoll } from "./polls/projected.js";
import { openSocket } from "./socket.js";
import { initial, reduce } from "./state.js";
import { makeWords } from "./words.js";

const LISTED = 8; // hands that have room

const config = readConfig();
const at = (/** @type {string} */ id) => byId(id, HTMLElement);
const words = makeWords(config.strings, config.lang);
const address = at("invite-address");
const toClass = document.getElementById("to-class");

let state = initial({ you: config.user, invite: config });

const invite = mountInvite(
  {
    none: at("invite-none"),
    way: at("invite-way"),
    picture: byId("invite-code", HTMLImageElement),
    address,
  },
  { write: ({ lanUrl }) => [lanUrl] },
);

const poll = mountProjectedPoll(at("poll"), { words, onEnd: render });

openSocket(config, {
  rate: config.limits.rate,
  // What is said here all evening is not for this page to keep.
  dispatch(action) {
    state = { ...reduce(state, action), messages: [], notes: [], away: [] };
    if (action.type === "messageChanged") poll.changed(action.message);
    render();
  },
  getState: () => state,
  onUnauthorized: () => location.assign("./"),
  onPause() {},
});

function render() {
  invite.update(state);
  if (toClass !== null) toClass.hidden = !isHost(state);
  drawHands();
  poll.update(state);
  if (state.joined) setText(at("count"), words.count("client.people", state.members.length));
  const code = codeOf(state.invite.inviteUrl);
  at("secret").hidden = code === null;
  setText(at("code"), code ?? "");
  // The style sheet makes the letters as large as this many of them can be.
  address.style.setProperty("--letters", String(address.textContent?.length));
}

function drawHands() {
  const up = peopleOf(state);
  at("wall").classList.toggle("projector--hands", up.length > 0);
  at("hands").hidden = up.length === 0;
  setText(at("hands-heading"), words.count("client.hand.count", up.length));
  const names = up.slice(0, LISTED).map(({ name }) => element("li", "", element("bdi", "", name)));
  at("hands-list").replaceChildren(...names);
  const count = up.length - names.length;
  at("hands-more").hidden = count === 0;
  setText(at("hands-more"), words.t("client.hand.more", { count }));
}

makeAwake()(true); // nobody touches it
render();
window.lanchatRuns = true; // see floor.js
