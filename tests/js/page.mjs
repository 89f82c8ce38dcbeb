// Pages without a browser, for tests/world/page.py: a line says what happens to which page, and is
// answered by a line. What they are told goes through js/protocol.js and js/state.js.

import { createInterface } from "node:readline";

import {
  ACTIONS,
  historyReceived,
  historyRequest,
  roomEntered,
  snapshotReceived,
  snapshotRequest,
} from "#js/protocol.js";
import { unreadIn } from "#js/rooms/unread.js";
import { viewIn } from "#js/rooms/views.js";
import { initial, reduce } from "#js/state.js";

const INVITE = { lanUrl: "http://192.0.2.1", inviteUrl: "http://192.0.2.1" };

/** @type {Map<number, State>} */
const pages = new Map();

/** @type {Record<string, (state: State, line: any) => { actions?: Action[], answer?: unknown }>} */
const DEEDS = {
  open: () => ({}),
  lost: ({ asked }) => ({
    actions: [
      { type: "connectionLost" },
      ...Array.from({ length: asked }, () => /** @type {Action} */ ({ type: "historyFailed" })),
    ],
  }),
  request: (state, { rooms }) => ({ answer: snapshotRequest(state, rooms)[1] }),
  entered: (_, { answer }) => ({ actions: [{ type: "historyAsked" }, roomEntered(answer)] }),
  away: () => ({ actions: [{ type: "attentionChanged", here: false, atEnd: true }] }),
  chosen: (_, { room }) => ({ actions: [{ type: "roomChosen", room }] }),
  rooms: (state) => ({ answer: state.rooms.map((room) => roomIn(state, room)) }),
  answer: (_, { answer }) => ({ actions: [snapshotReceived(answer)] }),
  event: (_, { name, payload }) => {
    const means = /** @type {Record<string, (payload: any, now: number) => Action>} */ (ACTIONS);
    return { actions: name in means ? [means[name](payload, 0)] : [] };
  },
  goBack: (_, { place }) => ({
    actions: [{ type: "historyAsked" }],
    answer: historyRequest(place)[1],
  }),
  stretch: (_, { place, answer }) => ({
    actions: [answer ? historyReceived(place, answer) : { type: "historyFailed" }],
  }),
  shown: (state) => ({ answer: state }),
};

/**
 * What a page shows of a room, what it still has to ask for, and how much it counts as not read.
 * @param {State} state
 * @param {Room} room
 */
function roomIn(state, { id, ...room }) {
  const { messages = [], gaps = [] } = viewIn(state, id) ?? {};
  return { id, messages, gaps, ...unreadIn(state, { id, ...room }) };
}

for await (const text of createInterface({ input: process.stdin })) {
  const line = JSON.parse(text);
  const page = pages.get(line.page) ?? initial({ you: line.you, invite: INVITE });
  const { actions = [], answer = null } = DEEDS[line.deed](page, line);
  pages.set(line.page, actions.reduce(reduce, page));
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
