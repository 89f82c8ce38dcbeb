// The stage: a row for each lane on both sides of the server, and over them the dots.

import { element, setText } from "../dom.js";
import { mountDots } from "./dots.js";
import { gotBy, isSeen, lookOf, wordsOf } from "./lane_words.js";

const NARROW = "(max-width: 43rem)"; // one side alone
const STILL = "(prefers-reduced-motion: reduce)";
const ROW = { least: 10, most: 40, narrow: 20 }; // pixels

/**
 * @param {HTMLElement} root
 * @param {{ words: Words }} options
 */
export function mountStage(root, { words }) {
  const sides = [element("ol", "lanes lanes--left"), element("ol", "lanes lanes--right")];
  const name = element("p", "stage__name", words.t("class.server"));
  const came = element("p", "stage__count");
  const went = element("p", "stage__count");
  const server = element("div", "stage__server", name, came, went);
  const none = element("p", "stage__none", words.t("class.none"));
  const canvas = element("canvas", "stage__dots");
  const narrow = matchMedia(NARROW);
  const still = matchMedia(STILL);
  const dots = mountDots(canvas);
  /** @type {Map<number, ReturnType<typeof makeRow>>} */
  const rows = new Map();
  let order = "";
  let counted = "";

  for (const side of sides) side.setAttribute("aria-label", words.t("class.lanes"));
  canvas.setAttribute("aria-hidden", "true");
  root.append(sides[0], server, sides[1], none, canvas);
  new ResizeObserver(measure).observe(root);
  narrow.addEventListener("change", () => {
    order = "";
  });

  /**
   * @param {Classroom.Room} room
   * @param {number} moment
   */
  function update(room, moment) {
    const seen = Object.values(room.lanes).filter((lane) => isSeen(lane, moment));
    arrange(seen.map(({ number }) => number));
    for (const lane of seen) rows.get(lane.number)?.update(room, lane, moment, still.matches);
    const now = `${room.told} ${room.copies}`;
    if (now === counted) return;
    counted = now;
    setText(came, words.count("class.in", room.told));
    setText(went, words.count("class.out", room.copies));
  }

  /** @param {readonly number[]} numbers */
  function arrange(numbers) {
    const wanted = numbers.join(" ");
    if (wanted === order) return;
    order = wanted;
    for (const [number, row] of rows) {
      if (!numbers.includes(number)) {
        row.node.remove();
        rows.delete(number);
      }
    }
    const all = numbers.map((number) => {
      const row = rows.get(number) ?? makeRow(number, words);
      rows.set(number, row);
      return row.node;
    });
    const half = narrow.matches ? 0 : Math.ceil(all.length / 2);
    sides[0].replaceChildren(...all.slice(0, half));
    sides[1].replaceChildren(...all.slice(half));
    sides[0].hidden = half === 0;
    none.hidden = all.length > 0;
    root.style.setProperty("--lanes", String(Math.max(1, half, all.length - half)));
    measure();
  }

  /** Where everything stands. */
  function measure() {
    const most = Math.max(1, ...sides.map((side) => side.childElementCount));
    const room = Math.max(ROW.least, Math.min(ROW.most, root.clientHeight / most));
    const row = narrow.matches ? ROW.narrow : room; // there the page scrolls
    root.style.setProperty("--row", `${row}px`);
    const base = root.getBoundingClientRect();
    const { left: serverLeft, right: serverRight } = server.getBoundingClientRect();
    const wires = [...rows].map(([number, { node, wire }]) => {
      const { left, right, top, height } = wire.getBoundingClientRect();
      const isLeft = node.parentElement === sides[0];
      const [outer, inner] = isLeft ? [left, serverLeft] : [right, serverRight];
      const y = top + height / 2 - base.top + root.scrollTop;
      return { number, outer: outer - base.left, inner: inner - base.left, y };
    });
    canvas.style.height = "0"; // of what is below it alone
    const height = root.scrollHeight;
    root.tabIndex = height > root.clientHeight ? 0 : -1;
    dots.place(wires, { width: root.clientWidth, height, row });
  }

  /**
   * @param {readonly Classroom.Flight[]} flights
   * @param {Classroom.Room} room
   */
  function draw(flights, room) {
    dots.draw(still.matches ? [] : flights, room);
  }

  return { update, draw };
}

/**
 * @param {number} number
 * @param {Words} words
 */
function makeRow(number, words) {
  const label = element("span", "lane__number", String(number));
  const wire = element("span", "lane__wire");
  const said = element("span", "lane__words");
  const counts = element("span", "lane__counts");
  const node = element("li", "lane", label, wire, said, counts);
  let look = "";
  let drawn = "";

  /**
   * @param {Classroom.Room} room
   * @param {Classroom.Lane} lane
   * @param {number} moment
   * @param {boolean} isStill whether counts stand for what would move
   */
  function update(room, lane, moment, isStill) {
    const { round, grace } = room;
    const hasSent = round !== null && lane.number in round.sent;
    const next = `lane lane--${lookOf(lane, moment)}${hasSent ? " lane--sent" : ""}`;
    if (next !== look) {
      look = next;
      node.className = next;
    }
    const text = wordsOf(room, lane, moment, words);
    const shown = isStill
      ? words.t("class.lane.counts", { sent: lane.sent, got: gotBy(room, lane) })
      : "";
    if (lane.state === "away") {
      const left = Math.max(0, Math.min(1, (lane.until - moment) / Math.max(grace, 0.1)));
      node.style.setProperty("--left", left.toFixed(3));
    }
    if (drawn === text + shown) return;
    drawn = text + shown;
    setText(said, text);
    setText(counts, shown);
  }

  return { node, wire, update };
}
