// What is said of a lane, pure.

import { isHere, missed } from "./room.js";

const BACK_FOR = 15; // seconds that it is said of somebody that they are back
const LEFT_FOR = 10; // seconds that one who has left is still seen
const ANSWER_WITHIN = 2; // seconds for a pong

/**
 * Whether a lane is to be seen.
 * @param {Classroom.Lane} lane
 * @param {number} moment
 */
export function isSeen({ state, since }, moment) {
  return state !== "left" || moment < since + LEFT_FOR;
}

/**
 * How a lane looks: one of a few ways, which have names in the style sheet.
 * @param {Classroom.Lane} lane
 * @param {number} moment
 * @returns {"open" | "away" | "back" | "left" | "lost"}
 */
export function lookOf(lane, moment) {
  if (lane.state === "back") return moment < lane.since + BACK_FOR ? "back" : "open";
  return lane.state === "open" && (lane.again > 0 || isSilent(lane, moment)) ? "lost" : lane.state;
}

/**
 * What stands on it; nothing of who is here and has no trouble.
 * @param {Classroom.Room} room
 * @param {Classroom.Lane} lane
 * @param {number} moment
 * @param {Pick<Words, "t" | "count">} words
 */
export function wordsOf(room, lane, moment, words) {
  const { state, until, away, behind, again } = lane;
  if (state === "away") {
    const left = words.t("class.lane.away", { seconds: Math.max(0, Math.ceil(until - moment)) });
    const count = missed(room, lane);
    return count === 0 ? left : `${left} · ${words.count("class.lane.missed", count)}`;
  }
  if (state === "left") return words.t("class.lane.left");
  if (lookOf(lane, moment) === "back") {
    const back = words.t("class.lane.back", { seconds: Math.round(away) });
    return behind === 0 ? back : `${back}, ${words.count("class.lane.caught_up", behind)}`;
  }
  if (again > 0) return words.count("class.lane.again", again);
  if (isSilent(lane, moment)) return words.t("class.lane.silent");
  return state === "open" && behind > 0 ? words.count("class.lane.waiting", behind) : "";
}

/**
 * How many messages have reached them, as far as it was seen.
 * @param {Classroom.Room} room
 * @param {Classroom.Lane} lane
 */
export function gotBy(room, lane) {
  return isHere(lane) ? missed(room, lane) : 0;
}

/**
 * @param {Classroom.Lane} lane
 * @param {number} moment
 */
function isSilent({ asked }, moment) {
  return asked !== null && moment > asked + ANSWER_WITHIN;
}
