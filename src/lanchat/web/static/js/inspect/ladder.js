// The ladder: browser and server as two lanes, what goes from one to the other as arrows, and time
// downwards.

import { element, icon } from "../dom.js";
import { mountExplanation } from "./explanation.js";
import { makeFilters } from "./filters.js";
import { makeList, makeRows } from "./ladder_rows.js";
import { makeFigures } from "./figures.js";
import { drawNext } from "./rungs.js";

const NEAR = 40; // pixels from the end, where one still follows it

/**
 * `next(record)` is what the message in the field will do, if there is one.
 * @param {HTMLElement} root
 * @param {Inspect.ViewOptions & {
 *   next: (record: Inspect.Record) => import("./saying.js").Next | null,
 * }} options
 * @returns {Inspect.View}
 */
export function mountLadder(root, { words, lang, select, next }) {
  const filters = makeFilters({ words, onChange: redraw });
  const list = makeList("ladder__rows");
  const coming = makeList("ladder__rows ladder__rows--next");
  const scroller = element("div", "ladder__scroll", list, coming);
  const newest = element(
    "button",
    "ladder__newest",
    words.t("inspect.ladder.newest"),
    icon("down"),
  );
  const none = element("p", "ladder__none", words.t("inspect.ladder.none"));
  const about = element("aside");
  const explanation = mountExplanation(about, { words, hint: words.t("inspect.ladder.hint") });
  const sides = ["browser", "server"].map((side) =>
    element("span", "ladder__lane-name", words.t(`inspect.side.${side}`)),
  );
  const lanes = element("div", "ladder__lanes", ...sides);
  root.append(element("div", "ladder", filters.root, lanes, scroller, newest, none, about));
  newest.type = "button";
  newest.hidden = true;
  const end = makeFollower(scroller, newest);

  /** @type {Inspect.Meaning | null} */
  let meaning = null; // of what is chosen
  const rows = makeRows(list, {
    ...{ words, select },
    figures: makeFigures(lang),
    has: filters.has,
    onPoint: (pointed) => explanation.show(pointed ?? meaning),
  });
  /** @type {Inspect.Record | null} */
  let record = null;
  /** @type {number | null} */
  let selected = null;
  let expected = ""; // what stands there of the next message

  /** @type {Inspect.View["update"]} */
  function update(now, chosen) {
    const isOther = record?.entries !== now.entries;
    record = now;
    filters.update(now);
    if (isOther) rows.place(now);
    if (isOther || chosen !== selected) mark(chosen);
    if (foretell(now) || isOther) none.hidden = !rows.isEmpty();
    end.follow();
  }

  function redraw() {
    if (record === null) return;
    rows.clear();
    rows.place(record);
    mark(selected);
    none.hidden = !rows.isEmpty();
    end.toEnd();
  }

  /** @param {number | null} chosen */
  function mark(chosen) {
    const before = meaning;
    selected = chosen;
    meaning = rows.mark(chosen);
    if (before?.key !== meaning?.key) explanation.show(meaning);
  }

  /**
   * Say what the next message will do; whether that is something else than before.
   * @param {Inspect.Record} now
   */
  function foretell(now) {
    const message = next(now);
    const text = JSON.stringify(message);
    if (text === expected) return false;
    expected = text;
    coming.replaceChildren(...(message === null ? [] : drawNext(message, words)));
    return true;
  }

  return { update };
}

/**
 * Who is at the end of what scrolls stays there, others have a button that leads to it.
 * @param {HTMLElement} scroller
 * @param {HTMLElement} button
 */
function makeFollower(scroller, button) {
  let isAtEnd = true;
  let top = 0; // where one was before the view was left

  function note() {
    if (scroller.clientHeight === 0) return; // it cannot be seen
    top = scroller.scrollTop;
    isAtEnd = scroller.scrollHeight - top - scroller.clientHeight < NEAR;
    button.hidden = isAtEnd;
  }

  function toEnd() {
    scroller.scrollTop = scroller.scrollHeight;
    note();
  }

  /** Stay where one was, though the list has grown or was out of sight. */
  function follow() {
    if (isAtEnd) toEnd();
    else if (scroller.scrollTop === 0 && top > NEAR) scroller.scrollTop = top;
    else note();
  }

  button.addEventListener("click", toEnd);
  scroller.addEventListener("scroll", note);
  return { toEnd, follow };
}
