// Pictures shown large, one at a time, over the page: by arrows, swipes and the wheel, two fingers
// or a double tap for what is small in them.

import { element, icon, setText } from "../dom.js";
import { setInert, turnRound } from "../overlays.js";
import { pathOf } from "../attachments.js";
import { loadSheet } from "../sheets.js";
import { mountZoom } from "./zoom.js";

/**
 * `open(pictures, id, opener)` shows one of them; the others are beside it. `update` takes away what
 * is deleted meanwhile. `rest` is the page below.
 * @param {{
 *   words: Words, times: Times, rest: HTMLElement, getState: () => Pick<State, "messages">,
 * }} options
 */
export function mountViewer({ words, times, rest, getState }) {
  const { node, stage, image, name, facts, save, ...buttons } = makeFrame(words);
  const { close, before, after } = buttons;
  const zoom = mountZoom(stage, image, { onSwipe: step, onLeave: leave });
  /** @type {readonly Viewed[]} */
  let pictures = [];
  let at = 0;
  /** @type {HTMLElement | null} */
  let opener = null;
  /** @type {ReadonlySet<number>} */
  let said = new Set(); // the ids of the messages that the page had a moment ago

  document.body.append(node);
  close.addEventListener("click", leave);
  before.addEventListener("click", () => step(-1));
  after.addEventListener("click", () => step(1));
  node.addEventListener("keydown", press);
  window.addEventListener("popstate", hide);
  document.addEventListener("focusin", ({ target }) => {
    if (!node.hidden && target instanceof Node && !node.contains(target)) close.focus();
  });

  /**
   * @param {readonly Viewed[]} all
   * @param {string} id
   * @param {HTMLElement} from gets the focus back
   */
  async function open(all, id, from) {
    await loadSheet("page-files");
    const found = all.findIndex((one) => one.id === id);
    if (found < 0) return;
    if (node.hidden) history.pushState({ viewer: true }, ""); // the back button closes it
    pictures = all;
    said = idsOf(getState());
    opener = from;
    node.hidden = false;
    setInert(rest, true);
    show(found);
    close.focus({ preventScroll: true });
  }

  /** @param {number} index */
  function show(index) {
    at = index;
    const { id, name: called, width, height, thumb } = pictures[at];
    const path = pathOf({ id, name: called });
    setText(name, called);
    drawPlace();
    zoom.reset();
    image.style.backgroundImage = thumb ? `url("files/${id}/thumb")` : "";
    image.removeAttribute("src"); // not the one before, until this one is there
    Object.assign(image, { width: width ?? 0, height: height ?? 0, alt: called, src: path });
    if (!width || !height) for (const side of ["width", "height"]) image.removeAttribute(side);
    save.href = path;
    save.download = called;
    for (const near of [at + 1, at - 1]) {
      if (pictures[near] !== undefined) new Image().src = pathOf(pictures[near]);
    }
  }

  function drawPlace() {
    const { size, user, time } = pictures[at];
    const moment = times.until(new Date(time));
    const place = pictures.length > 1 ? ` · ${at + 1}/${pictures.length}` : "";
    setText(facts, `${user}, ${moment} · ${words.size(size)}${place}`);
    before.hidden = at === 0;
    after.hidden = at === pictures.length - 1;
  }

  /** @type {Part["update"]} */
  function update({ messages }) {
    if (node.hidden) return;
    const now = idsOf({ messages });
    // Of all files of the room, many are of messages that the page has never had.
    const left = pictures.filter(({ message }) => now.has(message) || !said.has(message));
    said = now;
    if (left.length === pictures.length) return;
    const shown = left.indexOf(pictures[at]);
    pictures = shown < 0 ? [] : left;
    at = Math.max(0, shown);
    if (shown < 0) leave();
    else drawPlace();
  }

  /** @param {number} by */
  function step(by) {
    if (pictures[at + by] === undefined) return;
    show(at + by);
    if (document.activeElement === document.body || document.activeElement === null) close.focus();
  }

  /** @param {KeyboardEvent} event */
  function press(event) {
    const { key } = event;
    event.stopPropagation(); // what lies below is not meant
    /** @type {Record<string, () => void>} */
    const ways = {
      Escape: leave,
      ArrowLeft: () => step(-1),
      ArrowRight: () => step(1),
      Home: () => show(0),
      End: () => show(pictures.length - 1),
      "+": () => zoom.by(1.5),
      "-": () => zoom.by(1 / 1.5),
      0: zoom.reset,
    };
    if (key === "Tab") turnRound(node, event);
    else if (ways[key] !== undefined && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      ways[key]();
    }
  }

  /** As the back button does. */
  function leave() {
    if (history.state?.viewer) history.back();
    else hide();
  }

  function hide() {
    if (node.hidden) return;
    node.hidden = true;
    image.removeAttribute("src");
    image.style.backgroundImage = "";
    setInert(rest, false);
    if (opener?.isConnected) opener.focus({ preventScroll: true });
  }

  return { open, update };
}

/** @param {Pick<State, "messages">} state */
function idsOf({ messages }) {
  return new Set(messages.map(({ id }) => id));
}

/**
 * Its elements.
 * @param {Words} words
 */
function makeFrame(words) {
  const image = element("img", "viewer__image");
  const stage = element("div", "viewer__stage", image);
  const name = element("bdi", "viewer__name");
  const facts = element("span", "viewer__facts");
  const save = element("a", "viewer__act", icon("download"));
  const close = act("close", "client.close");
  const before = act("back", "client.files.before");
  const after = act("back", "client.files.after");
  const title = element("p", "viewer__title", name, facts);
  const node = element(
    "div",
    "viewer",
    element("div", "viewer__bar", title, save, close),
    stage,
    before,
    after,
  );

  before.classList.add("viewer__step");
  after.classList.add("viewer__step", "viewer__step--after");
  save.title = words.t("client.files.download");
  save.setAttribute("aria-label", save.title);
  title.setAttribute("aria-live", "polite");
  node.setAttribute("role", "dialog");
  node.setAttribute("aria-modal", "true");
  node.setAttribute("aria-label", words.t("client.files.picture"));
  node.tabIndex = -1;
  node.hidden = true;
  return { node, stage, image, name, facts, save, close, before, after };

  /**
   * @param {string} symbol
   * @param {string} key
   */
  function act(symbol, key) {
    const button = element("button", "viewer__act", icon(symbol));
    button.type = "button";
    button.title = words.t(key);
    button.setAttribute("aria-label", button.title);
    return button;
  }
}
