// js/presence.js: who is here, and of whose coming and going a page is told.

import assert from "node:assert/strict";
import { test } from "node:test";

import { reduce } from "#js/state.js";
import { after, crowd, joined, left, lost, member, NOW, posted, snapshot } from "./world.mjs";

const here = (/** @type {State} */ { members }) => members.map(({ id }) => id);
/** Who came or went, line by line. */
const moves = (/** @type {State} */ { notes }) =>
  notes.flatMap((note) =>
    note.kind === "told" ? [] : [[note.kind, ...note.people.map(({ name }) => name)]],
  );
const MINUTE = 60_000;
const later = (/** @type {number} */ minutes) => ({ now: NOW + minutes * MINUTE });
/** @param {number} minutes @returns {Action} */
const passed = (minutes) => ({ type: "timePassed", ...later(minutes) });
const asleep = (/** @type {string} */ id, minutes = 0) =>
  left(id, { logout: false, ...later(minutes) });

test("everybody is listed once, and one's own arrival is not told", () => {
  const state = after(snapshot(), joined("a"));
  assert.deepEqual([here(state), moves(state)], [["a"], []]);
});

test("members are listed by name, as a reader sorts", () => {
  const names = ["Zoe", "émile", "PC 10", "Bob", "PC 2"].map((name) => member(name));
  assert.deepEqual(here(after(snapshot([], { members: names }))), [
    "Bob",
    "émile",
    "PC 2",
    "PC 10",
    "Zoe",
  ]);
});

test("who comes within some minutes shares a line, which stands before what they say", () => {
  const state = after(snapshot([1]), joined("b"), posted(2), joined("c", later(4)));
  assert.deepEqual(moves(state), [["joined", "b", "c"]]);
  assert.equal(state.notes[0].after, 1);
  const next = reduce(state, joined("d", later(5)));
  assert.deepEqual(moves(next), [
    ["joined", "b", "c"],
    ["joined", "d"],
  ]);
});

test("a line goes on while nothing is said", () => {
  const state = after(snapshot([1]), joined("b"), joined("c", later(60)));
  assert.deepEqual(moves(state), [["joined", "b", "c"]]);
});

test("who goes shares a line, too, which moves on behind what they have said", () => {
  const state = after(snapshot([1]), joined("b"), joined("c"), left("b"), posted(2), left("c"));
  assert.deepEqual(moves(state), [["left", "b", "c"]]);
  assert.equal(state.notes[0].after, 2);
});

test("who falls asleep and is back within some minutes was never away", () => {
  const sleeping = after(snapshot(), joined("b"), posted(1), asleep("b"), passed(4));
  assert.deepEqual([here(sleeping), moves(sleeping)], [["a"], [["joined", "b"]]]);
  const back = after(snapshot(), joined("b"), asleep("b"), passed(4), joined("b"), passed(9));
  assert.deepEqual([moves(back), back.away], [[["joined", "b"]], []]);
  const anew = after(snapshot(), asleep("b"), joined("z", { name: "b" }), passed(9));
  assert.deepEqual(moves(anew), []);
});

test("who is away for longer has left, and is news when they come back", () => {
  const state = after(snapshot([1]), asleep("b"), asleep("c", 1), passed(5));
  assert.deepEqual(moves(state), [["left", "b"]]);
  assert.deepEqual(moves(reduce(state, passed(6))), [["left", "b", "c"]]);
  const back = reduce(reduce(state, posted(2)), joined("b", later(60)));
  assert.deepEqual(moves(back), [
    ["left", "b"],
    ["joined", "b"],
  ]);
});

test("who comes back with the server is no news, and who was not here before is", () => {
  const state = after(
    snapshot(),
    joined("b"),
    lost,
    joined("a"),
    joined("c"),
    snapshot(),
    joined("b"),
  );
  assert.deepEqual(moves(state), [["joined", "b", "c"]]);
  assert.deepEqual(state.expected, []);
});

test("a lost connection silences one arrival of a person, not all that follow", () => {
  const again = joined("b", later(1));
  const state = after(snapshot(), joined("b"), posted(1), lost, snapshot(), left("b"), again);
  assert.deepEqual(moves(state), [["joined", "b"]]);
});

test("what was told before the history came stands behind it", () => {
  assert.equal(after(joined("b"), snapshot([1, 2])).notes[0].after, 2);
});

test("a crowd is told as if one by one", () => {
  const state = after(snapshot(), crowd("bc"), crowd("d"), posted(1), crowd("ef", "b"));
  assert.deepEqual(moves(state), [
    ["joined", "c", "d", "e", "f"],
    ["left", "b"],
  ]);
  assert.deepEqual(here(state), ["a", "c", "d", "e", "f"]);
});

test("a crowd is no news to who found it there, or who came back with it", () => {
  const state = after(snapshot(), crowd("a", "x"), joined("b"), lost, snapshot(), crowd("abc"));
  assert.deepEqual(moves(state), [["joined", "b", "c"]]);
  assert.deepEqual(state.expected, []);
});

test("who goes and comes back in a moment is here", () => {
  const state = after(snapshot(), crowd("b"), crowd("b", "b"));
  assert.deepEqual([here(state), moves(state)], [["a", "b"], [["joined", "b"]]]);
});

test("who was host when they spoke keeps the badge after they have left", () => {
  /** @type {Action} */
  const host = { type: "memberChanged", id: "b", name: "b", role: "host", muted: false, now: 0 };
  const state = after(snapshot(), joined("b"), host, left("b"));
  assert.equal(state.badges.b, true);
  assert.equal(state.badges.a, false);
});

test("a page keeps the newest notes alone", () => {
  const visits = Array.from({ length: 400 }, (_, number) => [
    posted(number + 1),
    joined(`guest ${number}`, later(5 * number)),
  ]);
  const state = after(snapshot(), ...visits.flat());
  assert.equal(state.notes.length, 300);
  assert.deepEqual(moves(state).at(-1), ["joined", "guest 399"]);
});

test("who has left is not listed, and the others are", () => {
  assert.deepEqual(here(after(snapshot(), joined("b"), joined("c"), left("b"))), ["a", "c"]);
});

test("while some are expected back, an arrival of one of them leaves the others expected", () => {
  const state = after(snapshot(), joined("b"), joined("c"), lost, snapshot(), joined("b"));
  assert.deepEqual(state.expected, ["a", "c"]);
});

test("who changes their name stays the same line, and it is told", () => {
  /** @param {string} id @param {string} name @returns {Action} */
  const renamed = (id, name) => ({
    type: "memberChanged",
    id,
    name,
    role: "guest",
    muted: false,
    now: 0,
  });
  const state = after(snapshot(), joined("b"), renamed("b", "Beatriz"), renamed("a", "Anita"));
  assert.deepEqual(here(state), ["a", "b"]);
  assert.deepEqual(
    state.members.map(({ name }) => name),
    ["Anita", "Beatriz"],
  );
  assert.deepEqual(state.you, { id: "a", name: "Anita" });
  const told = state.notes.flatMap((note) => (note.kind === "told" ? [note.phrase] : []));
  assert.deepEqual(told, [
    ["client.renamed", { was: "b", name: "Beatriz" }],
    ["client.renamed", { was: "Ana", name: "Anita" }],
  ]);
});
