// A message's way through the server: a bar for each step on one axis of time.

import { element, setText } from "../dom.js";
import { scaleTo } from "./curve.js";
import { entryOf } from "./record.js";
import { stepsOf } from "./steps.js";

const NEAR_THE_END = 0.9;

/**
 * @param {HTMLElement} root
 * @param {{ words: Words, figures: Inspect.Figures }} options
 */
export function mountWay(root, { words, figures }) {
  const t = (/** @type {string} */ key, /** @type {Params} */ params = {}) =>
    words.t(`inspect.fan.${key}`, params);
  const hint = element("p", "fan__hint");
  const list = element("ol", "steps");
  const axis = element("div", "steps__axis");
  const acked = element("p", "fan__hint");
  axis.setAttribute("aria-hidden", "true"); // each step says its time
  root.append(element("h2", "fan__heading", t("way")), hint, list, axis, acked);

  /** @param {Inspect.Fan} fan */
  function update(fan) {
    const { since, total, steps } = stepsOf(fan);
    const share = (/** @type {number} */ seconds) => (total > 0 ? seconds / total : 0);
    const { step } = scaleTo(total || 1);
    list.style.setProperty("--step", String(share(step)));
    axis.replaceChildren(
      ...Array.from({ length: Math.floor(total / step) + 1 }, (_, n) => {
        const end = share(n * step) > NEAR_THE_END ? " steps__tick--end" : "";
        const tick = element("span", `steps__tick${end}`, figures.time(n * step));
        tick.style.setProperty("--from", String(share(n * step)));
        return tick;
      }),
    );
    setText(hint, t(`since.${since}`, { time: figures.time(total) }));
    list.replaceChildren(
      ...steps.map(({ name, from, to }) => {
        const bar = element("span", "steps__bar");
        bar.style.setProperty("--from", String(share(from)));
        bar.style.setProperty("--share", String(share(to - from)));
        return element(
          "li",
          "steps__one",
          element("span", "steps__name", t(`step.${name}`)),
          element("span", "steps__time", figures.time(to - from)),
          element("span", "steps__track", bar),
          element("span", "steps__what", t(`step.${name}.what`)),
        );
      }),
    );
  }

  /**
   * When the acknowledgement left, as far as that was seen.
   * @param {Inspect.Record} record
   * @param {Inspect.Fan} fan
   */
  function answered(record, { event, received }) {
    const entry = entryOf(record, event);
    const answer = entry?.kind === "frame" ? entryOf(record, entry.answered) : undefined;
    acked.hidden = answer === undefined || received === null;
    if (answer === undefined || received === null) return;
    setText(acked, t("acked", { time: figures.time(Math.max(0, answer.at - received)) }));
  }

  return { update, answered };
}
