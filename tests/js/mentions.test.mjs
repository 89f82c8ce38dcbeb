// Who is mentioned in a text, and where one is being written.

import assert from "node:assert/strict";
import { test } from "node:test";

import { concerns, mentionable, mentionAt, mentionsIn, namesOf } from "#js/mentions.js";

import { after, ANA, member, message, snapshot } from "./world.mjs";

const PEOPLE = [
  { id: "a", name: "Ana" },
  { id: "m", name: "Ana Maria" },
  { id: "z", name: "C++ (Zoé)" },
];

test("names behind an @ are people, the longer one where two begin alike", () => {
  assert.deepEqual(mentionsIn("@Ana and @ana maria, @Ana!", PEOPLE), ["a", "m"]);
  assert.deepEqual(mentionsIn("@C++ (Zoé)", PEOPLE), ["z"]);
  assert.deepEqual(mentionsIn("@Anabel, me@Ana and Ana", PEOPLE), []);
});

test("what is written between an @ and the caret is the beginning of a name", () => {
  assert.deepEqual(mentionAt("Oi @an", 6), { typed: "an", begin: 4 });
  assert.deepEqual(mentionAt("@Ana Ma and", 7), { typed: "Ana Ma", begin: 1 });
  assert.deepEqual(mentionAt("@", 1), { typed: "", begin: 1 });
  assert.equal(mentionAt("mail@example", 12), null);
  assert.equal(mentionAt("Oi @an", 2), null);
});

test("people are known by the names that they have, and had when they spoke", () => {
  const said = message(1, { user_id: "c", user: "Carla" });
  const state = after(snapshot([said], { members: [{ ...member("c"), name: "Carol" }] }));
  assert.deepEqual(namesOf(state, ["c"]), ["Carol", "Carla"]);
});

test("who has left can be mentioned, and of one name who has it now", () => {
  const here = { ...member("b2"), name: "Bia" };
  const gone = { user_id: "c", user: "Carla" };
  const said = [message(1), message(2, gone), message(3, { user_id: "d", user: "Dora" })];
  const state = after(snapshot([...said, message(4, gone)], { members: [here] }));
  assert.deepEqual(
    mentionable(state).map(({ id }) => id),
    ["b2", "c", "d"],
  );
});

test("a message concerns whom it mentions, and whom it answers", () => {
  const quoted = { id: 1, user_id: "a", message: "" };
  assert.ok(concerns(message(2, { mentions: ["a"] }), ANA));
  assert.ok(concerns(message(2, { quoted }), ANA));
  assert.ok(!concerns(message(2, { mentions: ["b"] }), ANA));
});
