// Where one can go: the rooms that one is in, those that one could enter, and the people whom one could
// talk to alone.

import { element } from "../dom.js";
import { avatar } from "../people.js";
import { count } from "./list.js";
import { mayEnter, mayTalkTo } from "./permissions.js";
import { unreadIn } from "./unread.js";

/**
 * A function that says so.
 * @param {{ words: Words, signs: RoomSigns, going: Going }} options
 */
export function makeGoals({ words, signs, going }) {
  return goalsOf;

  /**
   * Where one is stands last: nobody wants to go there.
   * @param {State} state
   * @returns {RoomGoal[]}
   */
  function goalsOf(state) {
    const { rooms, others, members } = state;
    const mine = rooms.map((room) => goalOf(state, room));
    const isElsewhere = (/** @type {RoomGoal} */ { key }) => key !== state.room;
    const news = (/** @type {RoomGoal} */ { beside }) => Number(beside.length > 0);
    const elsewhere = mine.filter(isElsewhere).sort((a, b) => news(b) - news(a));
    const enterable = others
      .filter((room) => mayEnter(state, room))
      .map((room) => ({
        key: room.id,
        name: signs.name(room),
        sign: signs.sign(room),
        beside: [element("span", "switcher__what", words.t("rooms.enter"))],
        go: () => going.enter(room.id),
      }));
    const talked = new Set(rooms.map(({ person, closed }) => (closed ? "" : person?.id)));
    const people = members
      .filter((member) => !talked.has(member.id) && mayTalkTo(state, member))
      .map((member) => ({
        key: member.id,
        name: member.name,
        sign: avatar(member.id, member.name),
        beside: [element("span", "switcher__what", words.t("client.talk_privately"))],
        go: () => going.talkTo(member),
      }));
    return [...elsewhere, ...enterable, ...people, ...mine.filter((goal) => !isElsewhere(goal))];
  }

  /**
   * @param {State} state
   * @param {Room} room
   * @returns {RoomGoal}
   */
  function goalOf(state, room) {
    const { unread, mentions } = unreadIn(state, room);
    const personal = mentions > 0 || room.kind === "direct";
    const beside = unread > 0 ? [count(unread, personal)] : [];
    if (room.closed) beside.push(element("span", "switcher__what", words.t("rooms.is_closed")));
    return {
      ...{ key: room.id, name: signs.name(room), sign: signs.sign(room), beside },
      go: () => going.show(room.id),
    };
  }
}
