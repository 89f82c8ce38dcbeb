// Which moment of the room is shown, pure: now (a little late, so that all that belongs to a moment
// has come), slower, or once more. Times of lines are in seconds, those of the page in milliseconds.

import { initial, reduce } from "./room.js";

export const FLIGHT = 0.4; // seconds that a dot flies, so that one sees it: real ones take a few thousandths
export const AGAIN = 5; // seconds that are shown once more

const LATE = 0.7; // seconds behind what happens: a beat of the server, and a flight
const KEPT = 120; // seconds
const MOST = 30_000; // lines
const TRAIN = 12; // dots that stand for what was missed, at most
const TRAIN_APART = 0.015; // seconds
const EACH = 500; // lines between two rooms that are kept

/** What was told, and what is shown of it. */
export function makePlayback() {
  /** @type {Classroom.Line[]} by their time */
  let lines = [];
  /** Rooms as they were behind so many of the lines, the first one behind none. */
  let marks = [{ behind: 0, room: initial() }];
  let shown = 0; // how many of the lines lie before the moment that is shown
  let room = initial();
  let moment = 0;
  let ahead = Infinity; // milliseconds of the page minus those of lines: the least that was seen
  let speed = 1;
  /** @type {number | null} */
  let until = null; // where what is shown once more ends
  let stepped = 0;

  /**
   * @param {readonly Classroom.Line[]} news
   * @param {number} now
   */
  function add(news, now) {
    if (news.some(({ kind }) => kind === "hello")) begin(now);
    for (const line of news) {
      if (line.kind === "lost") continue; // all anew follows
      ahead = Math.min(ahead, now - 1_000 * (line.kind === "dots" ? line.until : line.at));
      insert(line);
    }
    trim();
  }

  /** @param {number} now */
  function begin(now) {
    // Another look: its times are others.
    lines = [];
    marks = [{ behind: 0, room: initial() }];
    shown = 0;
    room = marks[0].room;
    moment = -Infinity;
    ahead = Infinity;
    until = null;
    stepped = now;
  }

  /** @param {Classroom.Line} line */
  function insert(line) {
    let place = lines.length;
    while (place > 0 && lines[place - 1].at > line.at) place -= 1;
    lines.splice(place, 0, line);
    if (place < shown) rewind(place); // it has come too late: as if it had not been shown yet
  }

  /**
   * Show what lies before so many of the lines.
   * @param {number} place
   */
  function rewind(place) {
    marks = marks.filter(({ behind }) => behind <= place);
    const { behind, room: then } = marks[marks.length - 1];
    shown = behind;
    room = then;
    forward();
  }

  /** Show what has happened up to the moment. */
  function forward() {
    while (shown < lines.length && lines[shown].at <= moment) {
      room = reduce(room, lines[shown]);
      shown += 1;
      const last = marks[marks.length - 1];
      if (shown - last.behind >= EACH) marks.push({ behind: shown, room });
    }
  }

  function trim() {
    const first = lines.findIndex(({ at }) => at > moment - KEPT);
    const most = Math.max(first, lines.length - MOST);
    const mark = marks.filter(({ behind }) => behind <= Math.min(most, shown)).pop();
    if (mark === undefined || mark.behind === 0) return;
    lines.splice(0, mark.behind);
    shown -= mark.behind;
    marks = marks
      .filter(({ behind }) => behind >= mark.behind)
      .map(({ behind, room: then }) => ({ behind: behind - mark.behind, room: then }));
  }

  /** @param {number} now */
  function live(now) {
    return (now - ahead) / 1_000 - LATE;
  }

  /**
   * Go on to what is to be seen now.
   * @param {number} now
   */
  function step(now) {
    if (ahead === Infinity) return;
    const before = moment;
    const newest = live(now);
    const slow = speed < 1 || until !== null;
    moment = slow ? Math.min(newest, before + (speed * (now - stepped)) / 1_000) : newest;
    if (until !== null && moment >= until) {
      until = null;
      if (speed === 1) moment = newest;
    }
    moment = Math.max(moment, newest - KEPT);
    stepped = now;
    if (moment < before) rewind(indexAfter(moment));
    else forward();
  }

  /**
   * How many of the lines lie before a moment, itself included.
   * @param {number} at
   */
  function indexAfter(at) {
    let low = 0;
    let high = lines.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (lines[middle].at <= at) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /**
   * Show the last seconds once more.
   * @param {number} now
   */
  function again(now) {
    step(now);
    until = moment;
    const first = lines[0]?.at ?? moment;
    moment = Math.max(Math.min(first, moment), moment - AGAIN);
    rewind(indexAfter(moment));
  }

  /** The dots that fly at the moment. */
  function flights() {
    // What comes from browsers is there at its time, what the server sends leaves then. Sums last longer.
    const first = indexAfter(moment - FLIGHT - 0.2);
    const last = indexAfter(moment + FLIGHT);
    return lines.slice(first, last).flatMap(dotsOf).flatMap(flying);
  }

  /**
   * @param {Classroom.DotLine} line
   * @returns {Classroom.Flight[]} one, if it flies
   */
  function flying({ from, what, at, lane }) {
    const place = (moment - at) / FLIGHT + Number(from === "browser");
    return place >= 0 && place <= 1 ? [{ from, what, place, lane: lane ?? null }] : [];
  }

  return {
    ...{ add, step, again, flights },
    /** @param {number} wanted 1, or less for slow motion */
    setSpeed(wanted) {
      speed = wanted;
      if (wanted === 1) until = null;
    },
    room: () => room,
    moment: () => moment,
    /**
     * How many seconds what is shown lies behind what happens.
     * @param {number} now
     */
    behind: (now) => (ahead === Infinity ? 0 : Math.max(0, live(now) - moment)),
    isAgain: () => until !== null,
  };
}

/**
 * The dots of a line, those of a sum evenly over its time.
 * @param {Classroom.Line} line
 * @returns {readonly Classroom.DotLine[]}
 */
function dotsOf(line) {
  if (line.kind === "dot") return [line];
  if (line.kind === "lane") return caughtUp(line);
  if (line.kind !== "dots") return [];
  const { from, what, lanes, count, at, until } = line;
  const each = lanes === "all" ? Array.from({ length: Math.min(count, 20) }) : lanes;
  const between = (until - at) / Math.max(1, each.length - 1);
  return each.map((lane, number) => ({
    ...{ kind: "dot", from, what, at: at + number * between },
    ...(typeof lane === "number" && { lane }),
  }));
}

/**
 * What was missed comes one behind the other to who is back.
 * @param {Classroom.LaneLine} line
 * @returns {readonly Classroom.DotLine[]}
 */
function caughtUp({ lane, state, behind = 0, at }) {
  const length = state === "back" ? Math.min(behind, TRAIN) : 0;
  return Array.from({ length }, (_, number) => ({
    ...{ kind: "dot", from: "server", what: "copy", lane, at: at + number * TRAIN_APART },
  }));
}
