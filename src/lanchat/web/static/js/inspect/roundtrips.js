// Round trips over time as a curve: of pings, of one's own events, and what the kernel measures.

import { element, lastOf, setText } from "../dom.js";
import { curveOf, pathOf } from "./curve.js";
import { circle, path, svg } from "./svg.js";

const HEIGHT = 200;
const LEFT = 64;
const RIGHT = 12;
const TOP = 12;
const BOTTOM = 28;
const BROKEN_AFTER = 3; // seconds without a figure of the kernel's, of which there is one each second
const LETTER = 7; // about as wide is one
const TIMES = 10;
const PAUSE = 150; // milliseconds between two of them

const SERIES = /** @type {const} */ (["pongs", "trips", "kernel"]);

/**
 * `ask` sends an event that nobody else sees, and promises when it is answered.
 * @param {HTMLElement} root
 * @param {{ words: Words, figures: Inspect.Figures, ask: () => Promise<unknown> }} options
 */
export function mountRoundtrips(root, { words, figures, ask }) {
  const picture = svg("svg", { class: "curve", role: "img", height: HEIGHT });
  const none = element("p", "curve__none");
  const measure = element("button", "button button--soft", words.t("inspect.link.measure"));
  const legend = SERIES.map(makeSeries);
  let width = 0;
  /** @type {{ chain: readonly Inspect.Connection[], now: number } | null} */
  let drawn = null;

  measure.type = "button";
  measure.id = "inspect-measure";
  measure.addEventListener("click", measureNow);
  root.append(
    element("div", "curve__frame", none),
    element("dl", "series", ...legend.flatMap(({ nodes }) => nodes)),
    element("p", "curve__measure", measure),
    element("p", "link__hint", words.t("inspect.link.measure_hint")),
  );
  root.firstElementChild?.prepend(picture);
  new ResizeObserver(() => {
    width = picture.parentElement?.clientWidth ?? 0;
    if (drawn !== null) draw(drawn);
  }).observe(root);

  async function measureNow() {
    if (measure.getAttribute("aria-disabled") === "true") return;
    measure.setAttribute("aria-disabled", "true");
    for (let time = 0; time < TIMES; time += 1) {
      await ask();
      await new Promise((done) => setTimeout(done, PAUSE));
    }
    measure.removeAttribute("aria-disabled");
  }

  /** @param {(typeof SERIES)[number]} name */
  function makeSeries(name) {
    const last = element("span", "series__last");
    const sign = svg("svg", { class: "series__sign", viewBox: "0 0 16 16", "aria-hidden": "true" });
    sign.append(...signOf(name, 8, 8));
    const term = element("dt", "series__name");
    term.append(sign, words.t(`inspect.link.series.${name}`), " ", last);
    const what = element("dd", "series__what", words.t(`inspect.link.series.${name}.what`));
    return { name, last, nodes: [term, what] };
  }

  /**
   * @param {readonly Inspect.Connection[]} chain
   * @param {number} now
   */
  function update(chain, now) {
    const isOwn = lastOf(chain)?.own === true;
    measure.hidden = !isOwn;
    setText(none, words.t(isOwn ? "inspect.link.curve_none" : "inspect.link.curve_none_other"));
    if (width > 0) draw({ chain, now });
    else drawn = { chain, now };
  }

  /** @param {{ chain: readonly Inspect.Connection[], now: number }} what */
  function draw(what) {
    drawn = what;
    const curve = curveOf(what.chain, what.now);
    none.hidden = !curve.isEmpty;
    for (const { name, last } of legend) setText(last, lastText(name, lastOf(curve[name])));
    const right = Math.max(width - RIGHT, LEFT + 1);
    const x = (/** @type {number} */ at) =>
      LEFT + ((right - LEFT) * (at - curve.from)) / curve.span;
    const y = (/** @type {number} */ seconds) =>
      HEIGHT - BOTTOM - ((HEIGHT - BOTTOM - TOP) * seconds) / curve.top;
    picture.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
    picture.setAttribute("width", String(width));
    picture.setAttribute("aria-label", summary(curve));
    picture.replaceChildren(
      ...curve.away.flatMap(({ from, to }) =>
        awayBox(x(Math.max(from, curve.from)), x(to), words.t("inspect.link.away_sign")),
      ),
      ...curve.rungs.flatMap((seconds) => rung(y(seconds), right, figures.time(seconds))),
      ...curve.marks.map((ago) => mark(x(what.now - ago), ago)),
      ...seriesOf(curve, x, y),
    );
  }

  /**
   * @param {(typeof SERIES)[number]} name
   * @param {{ seconds: number, server?: number | null } | undefined} trip
   */
  function lastText(name, trip) {
    if (trip === undefined) return "–";
    const time = figures.time(trip.seconds);
    if (name !== "trips" || typeof trip.server !== "number") return time;
    return words.t("inspect.link.trip_parts", {
      time,
      server: figures.time(trip.server),
      rest: figures.time(Math.max(0, trip.seconds - trip.server)),
    });
  }

  /** @param {ReturnType<typeof curveOf>} curve */
  function summary(curve) {
    const parts = SERIES.filter((name) => curve[name].length > 0).map((name) => {
      const all = curve[name].map(({ seconds }) => seconds);
      return words.t("inspect.link.summary", {
        name: words.t(`inspect.link.series.${name}`),
        count: figures.number(all.length),
        least: figures.time(Math.min(...all)),
        most: figures.time(Math.max(...all)),
      });
    });
    return [words.t("inspect.link.curve"), ...parts].join(" ");
  }

  /**
   * @param {number} x
   * @param {number} ago
   */
  function mark(x, ago) {
    const text = ago === 0 ? words.t("inspect.link.now") : figures.ago(ago);
    const anchor = ago === 0 ? "end" : "middle";
    return svg("text", { class: "curve__text", x, y: HEIGHT - 8, "text-anchor": anchor }, text);
  }

  return { update };
}

/**
 * @param {number} y
 * @param {number} right
 * @param {string} text
 */
function rung(y, right, text) {
  return [
    svg("line", { class: "curve__rung", x1: LEFT, x2: right, y1: y, y2: y }),
    svg("text", { class: "curve__text", x: LEFT - 8, y: y + 4, "text-anchor": "end" }, text),
  ];
}

/**
 * When there was no connection; it says so where there is room.
 * @param {number} from
 * @param {number} to
 * @param {string} text
 */
function awayBox(from, to, text) {
  const width = Math.max(1, to - from);
  const height = HEIGHT - BOTTOM - TOP;
  const box = svg("rect", { class: "curve__away", x: from, y: TOP, width, height });
  if (width < LETTER * text.length) return [box];
  const middle = { x: from + width / 2, y: TOP + 16, "text-anchor": "middle" };
  return [box, svg("text", { class: "curve__text", ...middle }, text)];
}

/**
 * @param {ReturnType<typeof curveOf>} curve
 * @param {(at: number) => number} x
 * @param {(seconds: number) => number} y
 */
function seriesOf({ kernel, pongs, trips }, x, y) {
  const points = kernel.map(({ at, seconds }) => ({ at, x: x(at), y: y(seconds) }));
  const line = path("curve__kernel", pathOf(points, BROKEN_AFTER));
  const ground = y(0);
  const bars = trips.flatMap(({ at, seconds, server }) => [
    bar("curve__trip", x(at), y(seconds), ground),
    bar("curve__server", x(at), y(server ?? 0), ground),
  ]);
  const signs = [
    ...trips.flatMap(({ at, seconds }) => signOf("trips", x(at), y(seconds))),
    ...pongs.flatMap(({ at, seconds }) => signOf("pongs", x(at), y(seconds))),
  ];
  return [...(points.length > 0 ? [line] : []), ...bars, ...signs];
}

/**
 * @param {string} name
 * @param {number} x
 * @param {number} from
 * @param {number} to
 */
function bar(name, x, from, to) {
  return svg("line", { class: name, x1: x, x2: x, y1: from, y2: to });
}

/**
 * Each series has a shape of its own, too.
 * @param {(typeof SERIES)[number]} name
 * @param {number} x
 * @param {number} y
 */
function signOf(name, x, y) {
  if (name === "pongs") return [circle("curve__pong", x, y)];
  if (name === "trips") {
    const side = { width: 7, height: 7 };
    return [svg("rect", { class: "curve__square", x: x - 3.5, y: y - 3.5, ...side })];
  }
  return [path("curve__kernel", `M${x - 8} ${y}L${x + 8} ${y}`)];
}
