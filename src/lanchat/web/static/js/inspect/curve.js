// A curve of round trips over time, pure: what lies where on it.

import { endOf } from "./connections.js";

const LONGEST = 600; // seconds that it shows at most
const SHORTEST = 30;
const STEPS = [1, 2, 5, 10];

/**
 * The series of a tab's connections within the time that is shown, and the scales for them.
 * @param {readonly Inspect.Connection[]} chain
 * @param {number} now
 */
export function curveOf(chain, now) {
  const first = chain[0]?.opened ?? now;
  const span = Math.min(LONGEST, Math.max(SHORTEST, now - first));
  const from = now - span;
  const isSeen = (/** @type {{ at: number }} */ { at }) => at >= from && at <= now;
  const kernel = chain.flatMap(({ links }) => links.filter(isSeen).flatMap(kernelTrip));
  const shown = {
    kernel,
    pongs: chain.flatMap(({ pongs }) => pongs.filter(isSeen)),
    trips: chain.flatMap(({ trips }) => trips.filter(isSeen)),
  };
  const all = [...shown.kernel, ...shown.pongs, ...shown.trips];
  const highest = all.reduce((most, { seconds }) => Math.max(most, seconds), 0);
  const { step, top } = scaleTo(highest || 0.001);
  return {
    ...shown,
    isEmpty: all.length === 0,
    away: awayOf(chain, now).filter(({ to }) => to > from),
    from,
    span,
    top,
    /** Seconds, from 0 to the top. */
    rungs: Array.from({ length: Math.round(top / step) + 1 }, (_, n) => n * step),
    /** Seconds before now. */
    marks: marksOf(span),
  };
}

/**
 * A scale that reaches so far: its steps are of 1, 2 or 5, and there are two to five of them.
 * @param {number} highest
 */
export function scaleTo(highest) {
  const rough = highest / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * (STEPS.find((one) => one * power >= rough * 0.999_999) ?? 10);
  return { step, top: step * Math.ceil((highest / step) * 0.999_999) };
}

/**
 * What the kernel takes for the round trip, where it tells.
 * @param {Inspect.Moment} moment
 */
function kernelTrip({ at, tcp }) {
  return tcp?.rtt ? [{ at, seconds: tcp.rtt / 1e6 }] : [];
}

/**
 * When there was no connection.
 * @param {readonly Inspect.Connection[]} chain
 * @param {number} now
 */
function awayOf(chain, now) {
  return chain.flatMap((connection, place) => {
    const from = endOf(connection);
    return from === null ? [] : [{ from, to: chain[place + 1]?.opened ?? now }];
  });
}

/** @param {number} span */
function marksOf(span) {
  const step = [10, 15, 30, 60, 120, 300].find((each) => span / each <= 5) ?? LONGEST;
  return Array.from({ length: Math.floor(span / step) + 1 }, (_, n) => n * step);
}

/**
 * A line through points, broken where nothing was seen for a while.
 * @param {readonly { x: number, y: number, at: number }[]} points
 * @param {number} most seconds between two points of one stretch
 */
export function pathOf(points, most) {
  return points
    .map(({ x, y, at }, place) => {
      const goesOn = place > 0 && at - points[place - 1].at <= most;
      return `${goesOn ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`;
    })
    .join("");
}
