// Connections that ended and came again: who ended them, with which code, and how long that took.

import { element } from "../dom.js";
import { codeKey, endings } from "./endings.js";

const SHOWN = 20;

/**
 * @param {HTMLElement} root
 * @param {{ words: Words, figures: Inspect.Figures }} options
 */
export function mountComings(root, { words, figures }) {
  const list = element("ol", "comings");
  let drawn = "";
  root.append(list);

  /** @param {Inspect.Record} record */
  function update(record) {
    const told = endings(record, SHOWN).map((one) => textsOf(one, record.began));
    const key = JSON.stringify(told);
    if (key === drawn) return;
    drawn = key;
    list.replaceChildren(...told.map(item));
  }

  /**
   * @param {ReturnType<typeof endings>[number]} one
   * @param {number} began
   */
  function textsOf({ connection, ending, away }, began) {
    const time = (/** @type {number} */ at) => figures.clock(began + at);
    const head = words.t(connection.own ? "inspect.link.this_page" : "inspect.link.another_tab", {
      number: connection.number,
    });
    const key = connection.opening ? "opened" : "open_before";
    return [
      head,
      words.t(`inspect.link.${key}`, { time: time(connection.opened) }),
      followText(connection, away),
      ...endTexts(ending, time, connection.told),
    ].filter((text) => text !== "");
  }

  /**
   * @param {Inspect.Connection} connection
   * @param {number | null} away
   */
  function followText({ follows, opening }, away) {
    if (follows === null || away === null) return "";
    if (!opening) return words.t("inspect.link.goes_on", { number: follows });
    return words.t("inspect.link.away", { number: follows, time: figures.time(away) });
  }

  /**
   * @param {ReturnType<typeof endings>[number]["ending"]} ending
   * @param {(at: number) => string} time
   * @param {number | null} told
   */
  function endTexts(ending, time, told) {
    if (ending === null) return [words.t("inspect.link.still_open")];
    const { at, by, code, reason } = ending;
    const what = words.t(`inspect.link.end.${by}`, { time: time(at), code: code ?? "–" });
    if (by !== "browser" && by !== "server") return [what, ...toldTexts(told)];
    const means = words.t(`inspect.link.code.${codeKey(code)}`, { code: code ?? "" });
    return [what, means, reason && words.t("inspect.link.reason", { reason })];
  }

  /** @param {number | null} code */
  function toldTexts(code) {
    if (code === null) return [];
    const means = words.t(`inspect.link.code.${codeKey(code)}`, { code });
    return [words.t("inspect.link.told", { code }), means];
  }

  return { update };
}

/** @param {string[]} texts */
function item([head, ...texts]) {
  const lines = texts.map((text) => element("span", "comings__line", text));
  return element("li", "comings__one", element("b", "comings__head", head), ...lines);
}
