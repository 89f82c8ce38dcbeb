// Bytes of a connection: what is carried, what carries it, and how that is reckoned.

import { element, setText } from "../dom.js";
import { carried, summed } from "./overhead_figures.js";

const SIDES = /** @type {const} */ (["browser", "server"]);
const ROWS = /** @type {const} */ (["payload", "heads", "below", "wire", "share"]);

/**
 * @param {HTMLElement} root
 * @param {{ words: Words, figures: Inspect.Figures }} options
 */
export function mountOverhead(root, { words, figures }) {
  const t = (/** @type {string} */ key, /** @type {Params} */ params = {}) =>
    words.t(`inspect.link.bytes.${key}`, params);
  const cells = ROWS.map((row) => SIDES.map(() => element("td", `bytes__${row}`)));
  const sum = element("p", "bytes__sum");
  const sends = element("p", "link__hint");
  const tls = element("p", "link__hint", t("tls"));
  const head = element("tr", "", element("td"), ...SIDES.map((side) => column(t(side))));
  root.append(
    element(
      "table",
      "bytes",
      element("thead", "", head),
      element("tbody", "", ...ROWS.map((row, place) => line(t(row), cells[place]))),
    ),
    ...[sum, sends, element("p", "link__hint", t("estimated")), tls],
  );

  /**
   * @param {Inspect.Connection} connection
   * @param {Inspect.Moment} moment
   */
  function update(connection, moment) {
    const both = SIDES.map((side) => carried(connection, moment, side));
    both.forEach((one, place) => {
      const wire = one.payload + one.heads + one.below;
      const texts = [
        figures.number(one.payload),
        t("heads_of", { bytes: figures.number(one.heads), frames: figures.number(one.frames) }),
        `${figures.number(one.below)} (${figures.number(one.segments)} × ${one.each})`,
        figures.number(wire),
        one.payload === 0 ? "–" : figures.percent((one.heads + one.below) / one.payload),
      ];
      texts.forEach((text, row) => setText(cells[row][place], text));
    });
    const all = summed(both);
    sum.hidden = all.share === null;
    if (all.share !== null) setText(sum, t("sum", sumOf(all, all.share)));
    setText(
      sends,
      t("sends", {
        frames: figures.number(moment.sent.frames),
        sends: figures.number(moment.sends),
      }),
    );
    tls.hidden = !connection.encrypted;
  }

  /**
   * @param {ReturnType<typeof summed>} all
   * @param {number} share
   */
  function sumOf({ heads, below, payload }, share) {
    return {
      heads: figures.number(heads),
      below: figures.number(below),
      payload: figures.number(payload),
      share: figures.percent(share),
    };
  }

  return { update };
}

/** @param {string} text */
function column(text) {
  const cell = element("th", "", text);
  cell.scope = "col";
  return cell;
}

/**
 * @param {string} text
 * @param {HTMLElement[]} cells
 */
function line(text, cells) {
  const name = element("th", "bytes__name", text);
  name.scope = "row";
  return element("tr", "", name, ...cells);
}
