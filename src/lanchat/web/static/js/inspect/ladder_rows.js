// The rows of the ladder, each drawn once: what comes is put below, what the record has no more is
// taken away above. The arrow keys walk through them.

import { element, lastOf } from "../dom.js";
import { rowsOf } from "./explain.js";
import { entryOf } from "./record.js";
import { drawRow, markRow } from "./rungs.js";

const LONG = 1; // second without anything

/**
 * `onPoint(meaning)` is told what is pointed at or has the focus, and null when nothing has.
 * @param {HTMLElement} list
 * @param {Pick<Inspect.ViewOptions, "words" | "select"> & {
 *   figures: Inspect.Figures, has: (entry: Inspect.Entry) => boolean,
 *   onPoint: (meaning: Inspect.Meaning | null) => void,
 * }} options
 */
export function makeRows(list, { words, figures, has, select, onPoint }) {
  /** @type {Map<number, { entry: Inspect.Entry, nodes: HTMLLIElement[] }>} */
  const drawn = new Map();
  /** @type {WeakMap<Element, Inspect.Row>} */
  const rowOf = new WeakMap();

  /** @param {Inspect.Record} record */
  function place(record) {
    forget(record.entries[0]?.key ?? Infinity);
    const last = lastOf([...drawn.keys()]) ?? -1;
    const fresh = document.createDocumentFragment();
    for (const entry of record.entries) {
      const known = drawn.get(entry.key);
      if (known === undefined) {
        if (entry.key > last && has(entry)) fresh.append(...draw(entry, record));
      } else if (known.entry !== entry) {
        known.entry = entry; // it was answered
        rowsOf(entry).forEach((row, i) => rowOf.set(known.nodes[i], row));
      }
    }
    list.append(fresh);
    list.classList.toggle("ladder__rows--several", record.connections.length > 1);
  }

  /** @param {number} first the key of the first one that is still there */
  function forget(first) {
    for (const [key, { nodes }] of drawn) {
      if (key >= first) return;
      for (const node of nodes) node.remove();
      drawn.delete(key);
    }
  }

  /**
   * @param {Inspect.Entry} entry
   * @param {Inspect.Record} record
   */
  function draw(entry, record) {
    const asked = entry.kind === "frame" ? entryOf(record, entry.answers) : undefined;
    const nodes = rowsOf(entry).map((row) => {
      const node = drawRow(row, { words, figures, asked });
      rowOf.set(node, row);
      return node;
    });
    const before = entryOf(record, entry.key - 1);
    const gap = before === undefined ? 0 : entry.at - before.at;
    if (gap >= LONG) nodes[0].dataset.gap = figures.time(gap);
    drawn.set(entry.key, { entry, nodes });
    return nodes;
  }

  function clear() {
    drawn.clear();
    list.replaceChildren();
  }

  /**
   * Show which one is chosen, and which one belongs to it: what it means.
   * @param {number | null} chosen
   */
  function mark(chosen) {
    const its = chosen === null ? undefined : drawn.get(chosen);
    const entry = its?.entry;
    const pair = entry?.kind === "frame" ? (entry.answers ?? entry.answered) : null;
    const stop = its === undefined ? lastOf([...drawn.keys()]) : chosen;
    for (const [key, { nodes }] of drawn) {
      for (const node of nodes) {
        markRow(node, { chosen: key === chosen, paired: key === pair, stop: key === stop });
      }
    }
    return (its && rowOf.get(its.nodes[0])?.meaning) ?? null;
  }

  /** @param {EventTarget | null} target */
  function rowAt(target) {
    const node = target instanceof Element ? target.closest("li") : null;
    return (node && rowOf.get(node)) ?? null;
  }

  list.addEventListener("click", ({ target }) => {
    const row = rowAt(target);
    if (row) select(row.entry.key, true);
  });
  for (const type of ["pointerover", "focusin"]) {
    list.addEventListener(type, ({ target }) => {
      const row = rowAt(target);
      if (row) onPoint(row.meaning);
    });
  }
  for (const type of ["pointerleave", "focusout"]) {
    list.addEventListener(type, () => onPoint(null));
  }
  list.addEventListener("keydown", (event) => {
    const there = next(event);
    const row = rowAt(there);
    if (row === null) return;
    event.preventDefault();
    select(row.entry.key);
    there?.querySelector("button")?.focus();
  });

  /** @param {KeyboardEvent} event */
  function next({ key, target }) {
    const here = target instanceof Element ? target.closest("li") : null;
    if (key === "ArrowDown") return here?.nextElementSibling ?? null;
    if (key === "ArrowUp") return here?.previousElementSibling ?? null;
    if (key === "Home") return list.firstElementChild;
    return key === "End" ? list.lastElementChild : null;
  }

  return { place, clear, mark, isEmpty: () => drawn.size === 0 };
}

/** A list whose look says nothing of one. */
export function makeList(className = "") {
  const list = element("ol", className);
  list.setAttribute("role", "list"); // WebKit takes it away from lists without numbers
  return list;
}
