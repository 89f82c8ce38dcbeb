// js/presence.js: who is here, and of whose coming and going a page is told.

import assert from "node:assert/strict";
import { test } from "node:test";

import { after, crowd, joined, left, lost, member, posted, snapshot } from "./world.mjs";

const here = (/** @type {State} */ { members }) => members.map(({ id }) => id);
const kinds = (/** @type {State} */ { notes }) => notes.map(({ kind }) => kind);
/** Who came or went, with how many others. */
const moves = (/** @type {State} */ { notes }) =>
  notes.flatMap((note) => (note.kind === "told" ? [] : [[note.kind, note.name, note.others]]));

test("everybody is listed once, though one's own arrival is told, too", () => {
  assert.deepEqual(here(after(snapshot(), joined("a"))), ["a"]);
});

test("members are listed by name, as a reader sorts", () => {
  const names = ["Zoe", "émile", "Bob"].map((name) => member(name));
  assert.deepEqual(here(after(snapshot([], { members: names }))), ["Bob", "émile", "Zoe"]);
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
  assert.deepEqual(moves(state), [
    ["joined", "b", 0],
    ["joined", "c", 0],
  ]);
  assert.deepEqual(state.expected, []);
});

test("a lost connection silences one arrival of a person, not all that follow", () => {
  const again = joined("b", { minute: 9 });
  const state = after(snapshot(), joined("b"), lost, snapshot(), left("b"), again);
  assert.deepEqual(kinds(state), ["joined", "left", "joined"]);
});

test("a crowd shares a line, until something else is to be told", () => {
  const state = after(snapshot(), crowd("bc"), crowd("d"), posted(1), crowd("ef", "b"));
  assert.deepEqual(moves(state), [
    ["joined", "b", 2],
    ["left", "b", 0],
    ["joined", "e", 1],
  ]);
  assert.deepEqual(here(state), ["a", "c", "d", "e", "f"]);
});

test("a crowd is no news to who found it there, or who came back with it", () => {
  const state = after(snapshot(), crowd("a", "x"), joined("b"), lost, snapshot(), crowd("abc"));
  assert.deepEqual(moves(state), [
    ["joined", "b", 0],
    ["joined", "c", 0],
  ]);
  assert.deepEqual(state.expected, []);
});

test("who goes and comes back in a moment is here", () => {
  const state = after(snapshot(), crowd("b"), crowd("b", "b"));
  assert.deepEqual(here(state), ["a", "b"]);
  assert.deepEqual(kinds(state), ["joined", "left", "joined"]);
});

test("who was host when they spoke keeps the badge after they have left", () => {
  /** @type {Action} */
  const host = { type: "memberChanged", id: "b", name: "b", role: "host", muted: false, now: 0 };
  const state = after(snapshot(), joined("b"), host, left("b"));
  assert.equal(state.badges.b, true);
  assert.equal(state.badges.a, false);
});

test("a page keeps the newest notes alone", () => {
  const visits = Array.from({ length: 400 }, (_, number) => joined(`guest ${number}`));
  const state = after(snapshot(), ...visits);
  assert.equal(state.notes.length, 300);
  assert.deepEqual(moves(state).at(-1), ["joined", "guest 399", 0]);
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
