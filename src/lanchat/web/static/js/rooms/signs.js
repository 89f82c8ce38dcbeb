// What a room is called on the page, and the sign before that.

import { icon } from "../dom.js";
import { avatar } from "../people.js";

const SVG = "http://www.w3.org/2000/svg";

/** Line icons on a 20-pixel grid, as those of templates/_icons.html. */
const STROKES = {
  rooms: "M3 5h14M3 10h14M3 15h9",
  main: "M3.5 9.5 10 4l6.5 5.5M5.5 8.25v8.25h9V8.25",
  open: "M7.75 3.5 6 16.5M14 3.5l-1.75 13M3.75 7.5h13M3.25 12.5h13",
  enter:
    "M11.5 3.5H15A1.5 1.5 0 0 1 16.5 5v10a1.5 1.5 0 0 1-1.5 1.5h-3.5M3.5 10h8.5M8.5 6.5 12 10l-3.5 3.5",
  leave: "M8 3.5H5A1.5 1.5 0 0 0 3.5 5v10A1.5 1.5 0 0 0 5 16.5h3M8 10h8.5M13 6.5l3.5 3.5-3.5 3.5",
  call: "M4.5 14.5h11M6.25 14.5V9.75a3.75 3.75 0 0 1 7.5 0v4.75M10 3.5V6M8.5 17h3",
  report: "M4.5 17.5V3.25M4.5 4h11l-2.5 3.75 2.5 3.75h-11",
  go: "M4 10h12M11 5l5 5-5 5",
  turn: "m6 8 4 4 4-4",
  find: "M3.5 8.75a5.25 5.25 0 1 0 10.5 0 5.25 5.25 0 1 0-10.5 0M12.75 12.75 17 17",
};

/** Let `icon("room-NAME")` draw them. */
export function addIcons() {
  const sprite = document.querySelector(".sprite");
  for (const [name, strokes] of Object.entries(STROKES)) {
    const symbol = document.createElementNS(SVG, "symbol");
    const path = document.createElementNS(SVG, "path");
    symbol.id = `icon-room-${name}`;
    symbol.setAttribute("viewBox", "0 0 20 20");
    path.setAttribute("d", strokes);
    symbol.append(path);
    sprite?.append(symbol);
  }
}

/**
 * @param {{ words: Words, title: string }} options what the main room is called
 * @returns {RoomSigns}
 */
export function makeSigns({ words, title }) {
  return {
    name({ kind, name, person }) {
      if (kind === "main") return title;
      if (kind === "direct") return person?.name ?? words.t("rooms.somebody");
      return nameOf(name, words);
    },
    sign({ kind, person }) {
      if (person) return avatar(person.id, person.name);
      return icon(kind === "group" ? "people" : `room-${kind}`);
    },
  };
}

/**
 * A group is called by its number until it has a name.
 * @param {string} name
 * @param {Words} words
 */
export function nameOf(name, words) {
  return /^\d+$/.test(name) ? words.t("rooms.group", { number: name }) : name;
}
