// What has become of everybody in the room, pure: (room, line) → room.

/** @returns {Classroom.Room} */
export function initial() {
  return { own: null, grace: 0, shared: false, lanes: {}, told: 0, copies: 0, round: null };
}

/**
 * The room after a line.
 * @param {Classroom.Room} room
 * @param {Classroom.Line} line
 * @returns {Classroom.Room}
 */
export function reduce(room, line) {
  switch (line.kind) {
    case "hello":
      // What comes next is how everybody is: of those who are not named nothing is known.
      return { ...room, own: line.own, grace: line.grace, shared: line.shared, lanes: {} };
    case "lane":
      return withLane(room, line);
    case "dot":
      return line.from === "browser" ? heard(room, line) : told(room, line);
    case "dots":
      return line.from === "browser" ? heardMany(room, line) : told(room, line, line.count);
    case "send_now":
      return { ...room, round: roundOf(room, line.at) };
    default:
      return room;
  }
}

/**
 * How many messages have gone out without reaching them: for who is away.
 * @param {Classroom.Room} room
 * @param {Classroom.Lane} lane
 */
export function missed(room, lane) {
  return room.told - lane.before;
}

/**
 * Those who are here, and those who are awaited.
 * @param {Classroom.Room} room
 */
export function countsOf({ lanes }) {
  const all = Object.values(lanes);
  const here = all.filter(isHere).length;
  return { here, away: all.filter(({ state }) => state === "away").length };
}

/**
 * Whether copies reach them.
 * @param {Classroom.Lane} lane
 */
export function isHere({ state }) {
  return state === "open" || state === "back";
}

/**
 * What came of asking everybody: how many have sent, how far apart the first and the last of them,
 * how many copies went out and in how many seconds.
 * @param {Classroom.Round} round
 */
export function figuresOf({ expected, sent, copies, firstCopy, lastCopy }) {
  const times = Object.values(sent);
  const apart = times.length > 1 ? Math.max(...times) - Math.min(...times) : 0;
  const within = firstCopy === null || lastCopy === null ? 0 : lastCopy - firstCopy;
  return { sent: times.length, expected: Math.max(expected, times.length), apart, copies, within };
}

/**
 * @param {Classroom.Room} room
 * @param {number} at
 * @returns {Classroom.Round}
 */
function roundOf({ lanes, own }, at) {
  const here = Object.values(lanes).filter((lane) => isHere(lane) && lane.number !== own);
  return {
    at,
    expected: here.length,
    sent: {},
    told: [],
    copies: 0,
    firstCopy: null,
    lastCopy: null,
  };
}

/**
 * @param {Classroom.Room} room
 * @param {Classroom.LaneLine} line
 * @returns {Classroom.Room}
 */
function withLane(room, line) {
  const { lane: number, state, at, grace = 0, away = 0, behind = 0, again = 0 } = line;
  const known = room.lanes[number];
  /** @type {Classroom.Lane} */
  const fresh = { ...newLane(number, room, at), state, away, behind, again };
  if (state === "left" && known === undefined) return room;
  const lane =
    known === undefined
      ? fresh
      : {
          ...fresh,
          sent: known.sent,
          before: known.before,
          asked: state === "open" ? known.asked : null,
        };
  if (state === "away") {
    return put(room, { ...lane, until: at + grace, before: room.told - behind });
  }
  // Somebody whose network is slow is open as before, and has been since then.
  if (state === "open" && known !== undefined && known.state !== "left") {
    return put(room, { ...known, behind, again });
  }
  return put(room, state === "left" ? lane : { ...lane, before: room.told });
}

/**
 * @param {number} number
 * @param {Classroom.Room} room
 * @param {number} at
 * @returns {Classroom.Lane}
 */
function newLane(number, { told: before }, at) {
  const nothing = { until: 0, away: 0, behind: 0, again: 0, asked: null, sent: 0 };
  return { number, state: "open", since: at, before, ...nothing };
}

/**
 * @param {Classroom.Room} room
 * @param {Classroom.Lane} lane
 * @returns {Classroom.Room}
 */
function put(room, lane) {
  return { ...room, lanes: { ...room.lanes, [lane.number]: lane } };
}

/**
 * A browser has said something: whoever does is there.
 * @param {Classroom.Room} room
 * @param {Classroom.DotLine} line
 * @returns {Classroom.Room}
 */
function heard(room, { lane: number, what, at }) {
  const lane = number === undefined ? undefined : room.lanes[number];
  if (lane === undefined) return room;
  const sent = lane.sent + Number(what === "message");
  const after =
    lane.asked === null && sent === lane.sent ? room : put(room, { ...lane, asked: null, sent });
  return what === "message" ? withSent(after, [[lane.number, at]]) : after;
}

/**
 * @param {Classroom.Room} room
 * @param {Classroom.DotsLine} line
 * @returns {Classroom.Room}
 */
function heardMany(room, { lanes: numbers, what, count, at, until }) {
  if (numbers === "all" || what !== "message") return room;
  const lanes = { ...room.lanes };
  const each = Math.max(1, Math.round(count / numbers.length));
  for (const number of numbers) {
    const lane = lanes[number];
    if (lane !== undefined) lanes[number] = { ...lane, asked: null, sent: lane.sent + each };
  }
  const step = numbers.length > 1 ? (until - at) / (numbers.length - 1) : 0;
  return withSent(
    { ...room, lanes },
    numbers.map((number, place) => [number, at + place * step]),
  );
}

/**
 * @param {Classroom.Room} room
 * @param {readonly (readonly [lane: number, at: number])[]} said
 * @returns {Classroom.Room}
 */
function withSent(room, said) {
  const { round, own } = room;
  if (round === null) return room;
  const news = said.filter(([lane]) => lane !== own && !(lane in round.sent));
  if (news.length === 0) return room;
  return { ...room, round: { ...round, sent: { ...round.sent, ...Object.fromEntries(news) } } };
}

/**
 * The server has sent something, to one or to all.
 * @param {Classroom.Room} room
 * @param {Classroom.DotLine | Classroom.DotsLine} line
 * @param {number} [count]
 * @returns {Classroom.Room}
 */
function told(room, line, count = 1) {
  const { what, at, copies = 0 } = line;
  if (what === "copy") {
    const until = "until" in line ? line.until : at;
    const of = "of" in line ? line.of : undefined;
    const round = room.round && withCopies(room.round, { of, at, until, copies });
    return { ...room, told: room.told + count, copies: room.copies + copies, round };
  }
  if (what !== "ping" || !("lane" in line) || line.lane === undefined) return room;
  const lane = room.lanes[line.lane];
  return lane === undefined ? room : put(room, { ...lane, asked: lane.asked ?? at });
}

/**
 * Those of what all were asked to send, as far as it is known whose they are; what a lane says besides
 * does not count.
 * @param {Classroom.Round} round
 * @param {{ of: number | null | undefined, at: number, until: number, copies: number }} more
 * @returns {Classroom.Round}
 */
function withCopies(round, { of, at, until, copies }) {
  if (of === null || (of !== undefined && (!(of in round.sent) || round.told.includes(of)))) {
    return round;
  }
  return {
    ...round,
    told: of === undefined ? round.told : [...round.told, of],
    copies: round.copies + copies,
    firstCopy: round.firstCopy ?? at,
    lastCopy: Math.max(round.lastCopy ?? until, until),
  };
}
