// What a host sees of hands: in their order at the top of the people, who has none up, and what
// lowers one or all. On a narrow page, where the people are out of sight, a line says so.

import { byId, element, icon, setText } from "../dom.js";
import { peopleOf } from "../hands.js";
import { avatar } from "../people.js";

const MOST = 100; // people of each kind that are listed
const NAMED = 3; // in the line
const QUIET = 2_000; // milliseconds between two sounds

/**
 * @param {{
 *   words: Words, times: Times,
 *   send: (payload: Wire.Requests["hand"]["payload"]) => Promise<void>,
 *   alerts: () => Promise<ReturnType<typeof import("../alerts.js").mountAlerts> | null>,
 * }} options
 * @returns {HandsPart}
 */
export function makeList(options) {
  const { words, send } = options;
  const heading = element("h3", "hands__heading");
  const all = button("button button--quiet hands__all", words.t("client.hand.lower_all"));
  const rows = makeRows(options);
  const rest = makeRest(options);
  const line = element("span", "hands__line-text");
  const node = button("button button--soft hands__line", icon("hand"), line);
  const news = makeNews(options);
  const top = element("div", "hands__top", heading, all);
  const section = element("section", "hands-panel", top, ...rows.nodes, ...rest.nodes);
  /** @type {Pick<State, "hands" | "members"> | null} */
  let shown = null;

  heading.id = "hands-heading";
  section.setAttribute("aria-labelledby", heading.id);
  all.addEventListener("click", () => send({ all: true, up: false }));
  node.addEventListener("click", () => byId("open-panel", HTMLElement).click());
  byId("people-search", HTMLElement).before(section);

  /** @type {HandsPart["update"]} */
  function update(state, known) {
    const { hands, members, you } = state;
    if (hands === shown?.hands && members === shown.members) return;
    shown = { hands, members };
    const up = peopleOf(state);
    section.hidden = up.length === 0;
    const count = words.count("client.hand.count", up.length);
    setText(heading, count);
    const names = up.slice(0, NAMED).map(({ name }) => name);
    if (up.length > NAMED) names.push("…");
    setText(line, `${count}: ${names.join(", ")}`);
    rows.draw(up);
    rest.draw(state);
    if (hands === known) return;
    const before = new Set([you.id, ...known.map(({ id }) => id)]);
    news.hear(up.filter(({ id }) => !before.has(id)));
  }

  function remove() {
    for (const part of [section, news.node, node]) part.remove();
  }

  return { node, update, remove };
}

/**
 * Whose hands are up; who is lowered by keyboard makes room for the next one, who has the focus then.
 * @param {Pick<Parameters<typeof makeList>[0], "words" | "times" | "send">} options
 */
function makeRows({ words, times, send }) {
  const list = element("ol", "hands__list");
  const more = element("p", "hands__more");
  /** @type {Map<string, HTMLElement>} */
  const rows = new Map();

  /** @param {ReturnType<typeof peopleOf>} up */
  function draw(up) {
    const listed = new Map(up.slice(0, MOST).map((one) => [keyOf(one), one]));
    for (const [key, row] of rows) {
      if (listed.has(key)) continue;
      takeOut(row);
      rows.delete(key);
    }
    for (const [at, [key, person]] of [...listed].entries()) {
      const row = rows.get(key) ?? rowOf(person);
      rows.set(key, row);
      if (list.children[at] !== row) list.insertBefore(row, list.children[at] ?? null);
    }
    more.hidden = up.length <= MOST;
    setText(more, words.t("client.hand.more", { count: up.length - MOST }));
  }

  /** @param {HTMLElement} row */
  function takeOut(row) {
    const held = row.contains(document.activeElement);
    const next = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    if (held) (next?.querySelector("button") ?? byId("people", HTMLElement)).focus();
  }

  /** @param {ReturnType<typeof peopleOf>[number]} person */
  function rowOf({ id, name, since }) {
    const time = element("time", "hands__since", times.short(new Date(since)));
    time.dateTime = since;
    const lower = button("button button--icon hands__lower", icon("close"));
    lower.title = words.t("client.hand.lower_one", { name });
    lower.setAttribute("aria-label", lower.title);
    lower.addEventListener("click", () => send({ person: id, up: false }));
    const called = element("bdi", "hands__name", name);
    return element("li", "hands__person", avatar(id, name), called, time, lower);
  }

  return { nodes: [list, more], draw };
}

/**
 * Guests whose hands are not up: who asks all waits for them.
 * @param {{ words: Words }} options
 */
function makeRest({ words }) {
  const summary = element("summary", "hands__summary");
  const names = element("ul", "hands__names");
  const others = element("details", "hands__rest", summary, names);
  const everybody = element("p", "hands__more", words.t("client.hand.all"));

  /** @param {State} state */
  function draw({ members, hands }) {
    const up = new Set(hands.map(({ id }) => id));
    const missing = members.filter(({ id, role }) => role !== "host" && !up.has(id));
    others.hidden = missing.length === 0;
    everybody.hidden = missing.length > 0;
    setText(summary, words.count("client.hand.rest", missing.length));
    const lines = missing
      .slice(0, MOST)
      .map(({ name }) => element("li", "", element("bdi", "", name)));
    const count = missing.length - MOST;
    if (count > 0) lines.push(element("li", "", words.t("client.hand.more", { count })));
    names.replaceChildren(...lines);
  }

  return { nodes: [others, everybody], draw };
}

/**
 * Says and sounds that there is one more.
 * @param {Pick<Parameters<typeof makeList>[0], "words" | "alerts">} options
 */
function makeNews({ words, alerts }) {
  const node = element("p", "hidden-label");
  let soundedAt = -QUIET;
  node.setAttribute("role", "status");
  byId("hands", HTMLElement).after(node);

  /** @param {ReturnType<typeof peopleOf>} raised */
  async function hear(raised) {
    if (raised.length === 0) return;
    const [{ name, since }] = raised;
    const text = words.t("client.hand.raised", { name });
    setText(node, text);
    const now = performance.now();
    if (now - soundedAt < QUIET) return;
    soundedAt = now;
    (await alerts())?.ring(Date.parse(since));
  }

  return { node, hear };
}

/**
 * @param {string} className
 * @param {(Node | string)[]} children
 */
function button(className, ...children) {
  const node = element("button", className, ...children);
  node.type = "button";
  return node;
}

/** @param {{ id: string, name: string, since: string }} person */
function keyOf({ id, name, since }) {
  return `${id} ${since} ${name}`;
}
