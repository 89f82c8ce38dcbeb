// Looking for messages: a card with a field, who and when, and what was found, the newest first.
// Loaded when somebody opens it.

import { element, icon } from "./dom.js";
import { hitsIn } from "./hits.js";
import { colourOf } from "./people.js";
import { searchRequest } from "./protocol.js";
import { roomOf } from "./rooms/views.js";
import { spokenIn } from "./text.js";
import { daysAgo, inOwnZone } from "./words.js";

const DAY = 86_400_000; // milliseconds
const PERIODS = { any: 0, day: 1, week: 7, month: 30 };

/**
 * The card behind the button, which it opens. `ask(request)` promises the server's answer, or null;
 * `onJump(id, room)` leads to a message; `nameOf(room)` is what its room is called.
 * @param {HTMLElement} opener
 * @param {{
 *   words: Words, times: Times, overlays: Overlays,
 *   ask: ReturnType<typeof import("./socket.js").openSocket>["ask"],
 *   onJump: (id: number, room?: string) => void,
 *   getState: () => State, nameOf: (room: string) => string,
 *   takesFiles: boolean, onFiles: (opener: HTMLElement) => void,
 * }} options
 */
export function mountSearch(opener, options) {
  const { words, times, overlays, ask, onJump, getState, nameOf, takesFiles, onFiles } = options;
  const { card, form, text, user, period, place, go, line, list, older, files } = makeCard(
    opener.title,
    words,
  );
  /** @type {Query | null} */
  let asked = null; // what the list shows
  let count = 0;

  files.hidden = !takesFiles;
  document.body.append(card);
  overlays.mountOpener(opener, card, prepare);
  prepare();
  overlays.open(card, opener);

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const query = queryOf();
    if (query.text !== "" || query.user !== undefined) look(query);
  });
  older.addEventListener("click", () => asked && look(asked));
  files.addEventListener("click", () => onFiles(opener));
  card.addEventListener("keydown", walk);

  /** As long as there is one room there is no choice. */
  function prepare() {
    const several = getState().rooms.length > 1;
    place.label.hidden = !several;
    if (!several) place.select.value = "here";
  }

  /** @returns {Query} */
  function queryOf() {
    const days = Object.entries(PERIODS).find(([name]) => name === period.select.value)?.[1] ?? 0;
    const since = new Date(Date.now() - days * DAY).toISOString();
    const name = user.input.value.trim();
    return {
      text: text.input.value.trim(),
      ...(place.select.value === "here" && { room: getState().room }),
      ...(name !== "" && { user: name }),
      ...(days > 0 && { since }),
    };
  }

  /** @param {Query} query what is older than the list where it has `before` */
  async function look(query) {
    go.disabled = true;
    const answer = await ask(searchRequest(query));
    go.disabled = false;
    if (!answer?.ok) {
      line.textContent = inOwnZone(answer?.error.message ?? words.t("client.no_connection"), times);
      return;
    }
    const { messages, before, complete, indexing } = answer;
    const hits = messages.map((message) => hitLine(message, query.text));
    if (query.before === undefined) {
      list.replaceChildren();
      count = 0;
    }
    list.append(...hits);
    count += hits.length;
    asked = before === undefined ? null : { ...query, before };
    older.hidden = complete || asked === null;
    line.textContent = resultOf(indexing === true);
    if (query.before !== undefined) hits[0]?.querySelector("button")?.focus();
  }

  /** @param {boolean} indexing */
  function resultOf(indexing) {
    const none = older.hidden ? words.t("client.search.none") : "";
    const found = count > 0 ? words.count("client.search.found", count) : none;
    return indexing ? `${found} ${words.t("client.search.indexing")}`.trim() : found;
  }

  /**
   * @param {Message} hit
   * @param {string} wanted
   */
  function hitLine(hit, wanted) {
    const { id, user_id, user: name, time, message } = hit;
    const where = roomOf(hit);
    const date = new Date(time);
    const today = daysAgo(date, new Date()) === 0;
    const when = today ? times.short(date) : `${times.day(date)}, ${times.short(date)}`;
    const stamp = element("time", "search__time", when);
    // It may be a file that is called so.
    const said = [spokenIn(message), ...(hit.files ?? []).map((file) => file.name)].join(" ");
    const parts = hitsIn(said.replace(/\s+/g, " ").trim(), wanted).map((part) =>
      part.hit ? element("mark", "search__hit", part.text) : part.text,
    );
    const author = element("bdi", `search__who ${colourOf(user_id)}`, name);
    const head = element("span", "search__head", author, " ", stamp);
    if (place.select.value !== "here") head.append(" · ", element("bdi", "", nameOf(where)));
    const button = element("button", "search__found", head, element("bdi", "", ...parts));
    stamp.dateTime = time;
    button.type = "button";
    button.addEventListener("click", () => {
      overlays.close();
      onJump(id, where);
    });
    return element("li", "", button);
  }

  /** @param {KeyboardEvent} event */
  function walk(event) {
    const { key, target } = event;
    if (key !== "ArrowDown" && key !== "ArrowUp") return;
    if (target instanceof HTMLSelectElement) return;
    const stops = [text.input, ...list.querySelectorAll("button")];
    const at = stops.findIndex((stop) => stop === target);
    const next = stops[at + (key === "ArrowDown" ? 1 : -1)];
    if (next === undefined) return;
    event.preventDefault();
    next.focus();
  }
}

/**
 * The card's elements.
 * @param {string} name
 * @param {Words} words
 */
function makeCard(name, words) {
  const text = field("search-text", words.t("client.search.text"), "search");
  const user = field("search-user", words.t("client.search.user"), "text");
  const period = choice(words.t("client.search.time"), Object.keys(PERIODS), words);
  const place = choice(words.t("client.search.where"), ["here", "everywhere"], words);
  const go = element("button", "button button--primary", words.t("client.search.go"));
  const choices = [period.label, place.label];
  const form = element("form", "search__form", ...text.nodes, ...user.nodes, ...choices, go);
  const line = element("p", "search__line");
  const list = element("ul", "search__hits");
  const older = element("button", "button button--soft", words.t("client.search.older"));
  const title = element("h2", "overlay__title", name);
  const files = element("button", "overlay__act", icon("file"), words.t("client.files.all"));
  const card = element("section", "overlay overlay--search", title, form, files, line, list, older);
  files.type = "button";
  form.setAttribute("role", "search");
  card.setAttribute("role", "dialog");
  card.setAttribute("aria-label", name);
  line.setAttribute("role", "status");
  list.setAttribute("role", "list"); // WebKit takes it away from lists without bullets
  older.type = "button";
  older.hidden = true;
  card.hidden = true;
  return { card, form, text, user, period, place, go, line, list, older, files };
}

/**
 * @param {string} name
 * @param {readonly string[]} keys
 * @param {Words} words
 */
function choice(name, keys, words) {
  const options = keys.map((key) => new Option(words.t(`client.search.${key}`), key));
  const select = element("select", "choice__select", ...options);
  return { select, label: element("label", "choice", name, select) };
}

/**
 * @param {string} id
 * @param {string} name
 * @param {string} type
 */
function field(id, name, type) {
  const input = element("input", "field__input");
  const label = element("label", "field__label", name);
  input.id = id;
  input.type = type;
  input.autocomplete = "off";
  input.maxLength = 200;
  input.enterKeyHint = "search";
  label.htmlFor = id;
  return { input, nodes: [label, input] };
}
