// The view Fan-out: one of one's own messages on its way to all, step by step and with times.

import { element, lastOf, setText } from "../dom.js";
import { mountChoice } from "./fan_choice.js";
import { mountPeople } from "./fan_people.js";
import { mountWay } from "./fan_way.js";
import { makeFigures } from "./figures.js";
import { entryOf } from "./record.js";
import { lastFans, stepsOf } from "./steps.js";

const SHOWN_FOR = 3; // seconds that it takes when it is shown again, slowly

/**
 * @param {HTMLElement} root
 * @param {Inspect.ViewOptions} options
 * @returns {Inspect.View}
 */
export function mountFan(root, { words, lang, select }) {
  const t = (/** @type {string} */ key, /** @type {Params} */ params = {}) =>
    words.t(`inspect.fan.${key}`, params);
  const figures = makeFigures(lang);
  const none = element("p", "fan__none", t("none"));
  const body = element("div", "fan__body");
  const choice = mountChoice(body, { words, figures, onChoose });
  const way = mountWay(body, { words, figures });
  const slowly = button(t("slowly"), playSlowly);
  const frame = button(t("frame"), () => shown && select(shown.event, true));
  const slower = element("p", "fan__hint");
  body.append(element("p", "fan__acts", slowly, frame), slower);
  const people = mountPeople(body, { words });
  /** @type {Inspect.Fan | undefined} */
  let shown;
  /** @type {number | null} */
  let chosen = null; // null follows the newest
  /** @type {Inspect.Record | null} */
  let seen = null;

  slowly.id = "inspect-slowly";
  slower.setAttribute("role", "status");
  root.classList.add("fan");
  root.append(none, body);

  /** @param {number} message */
  function onChoose(message) {
    if (seen === null) return;
    chosen = message === lastOf(seen.fans)?.message ? null : message;
    update(seen);
  }

  /** @param {Inspect.Record} record */
  function update(record) {
    seen = record;
    const fans = lastFans(record.fans);
    none.hidden = fans.length > 0;
    body.hidden = fans.length === 0;
    if (fans.length === 0) return;
    const fan = fans.find(({ message }) => message === chosen) ?? fans[0];
    choice.update(fans, fan, record.began);
    way.answered(record, fan);
    frame.hidden = entryOf(record, fan.event) === undefined;
    if (fan === shown) return;
    if (fan.message !== shown?.message) stopSlowly();
    shown = fan;
    way.update(fan);
    people.update(fan);
  }

  /** All of it once more, so slowly that one can see it. */
  function playSlowly() {
    if (shown === undefined) return;
    const { total, from } = stepsOf(shown);
    if (total === 0) return;
    stopSlowly();
    body.style.setProperty("--told", String(Math.max(0, shown.told - from) / total));
    body.style.setProperty("--slowly", `${SHOWN_FOR}s`);
    body.getBoundingClientRect(); // so that it begins anew
    body.classList.add("fan__body--slowly");
    const times = Math.max(1, Number((SHOWN_FOR / total).toPrecision(2)));
    setText(slower, t("slower", { times: figures.number(times) }));
  }

  function stopSlowly() {
    body.classList.remove("fan__body--slowly");
    setText(slower, "");
  }

  return { update };
}

/**
 * @param {string} text
 * @param {() => void} onClick
 */
function button(text, onClick) {
  const node = element("button", "button button--soft", text);
  node.type = "button";
  node.addEventListener("click", onClick);
  return node;
}
