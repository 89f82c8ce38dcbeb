// The lines between the messages: days, where something is new or missing, who came and went, and
// what the page tells its reader alone.

import { element } from "./dom.js";
import { daysAgo } from "./words.js";

const MOST_NAMES = 3; // in a line about who came or went

/**
 * How a day is called.
 * @param {Date} date
 * @param {{ words: Words, times: Times }} options
 */
export function dayOf(date, { words, times }) {
  const near = [words.t("client.today"), words.t("client.yesterday")];
  return near[daysAgo(date, new Date())] ?? times.day(date);
}

/**
 * A function that fills a line's element with what its row says.
 * @param {{ words: Words, times: Times }} options
 */
export function makeLines({ words, times }) {
  return (/** @type {HTMLElement} */ node, /** @type {Exclude<Row, MessageRow>} */ row) => {
    if (row.kind === "day") dayLine(node, row);
    else if (row.kind === "gap") line(node, "note note--gap", words.t("client.loading"));
    else if (row.kind === "new") line(node, "new-line", words.t("client.new_line"));
    else noteLine(node, row);
  };

  /**
   * @param {HTMLElement} node
   * @param {DayRow} row
   */
  function dayLine(node, { date }) {
    node.className = "day";
    node.replaceChildren(element("span", "day__label", dayOf(date, { words, times })));
  }

  /**
   * @param {HTMLElement} node
   * @param {string} className
   * @param {string} text
   */
  function line(node, className, text) {
    node.className = className;
    node.setAttribute("aria-live", "off");
    node.replaceChildren(element("span", "note__text", text));
  }

  /**
   * @param {HTMLElement} node
   * @param {NoteRow} row
   */
  function noteLine(node, { note }) {
    if (note.kind === "told") {
      toldLine(node, note);
      return;
    }
    const { kind, people } = note;
    const key = kind === "joined" ? "client.joined" : "client.left";
    const [before, after] = words.count(key, people.length, { names: "\0" }).split("\0");
    const text = element("span", "note__text", before, ...nodesOf(people), after);
    text.title = times.full(new Date(note.time));
    node.className = `note note--${kind}`;
    node.setAttribute("aria-live", "off"); // a screen reader tells what is said
    node.replaceChildren(text);
  }

  /**
   * Names as a list in the reader's language, the first of them where there are many.
   * @param {readonly User[]} people
   */
  function nodesOf(people) {
    const shown = people.length > MOST_NAMES ? people.slice(0, MOST_NAMES - 1) : people;
    const others = people.length - shown.length;
    const named = shown.map(({ name }) => name);
    const rest = others > 0 ? [words.count("client.others", others)] : [];
    let names = 0;
    return words.list([...named, ...rest]).map(({ type, value }) => {
      if (type === "literal") return value;
      names += 1;
      return names > named.length ? value : element("bdi", "", value);
    });
  }

  /**
   * @param {HTMLElement} node
   * @param {ToldNote} note
   */
  function toldLine(node, { phrase, text }) {
    const said = phrase === null ? text : words.say(phrase, times);
    node.className = said.includes("\n") ? "note note--list" : "note note--told";
    node.replaceChildren(element("span", "note__text", said));
  }
}
