// What is to be seen once hands are up: a guest's large button, a host's list and sound.

import { byId } from "../dom.js";
import { isHost } from "../moderation.js";
import { loadSheet } from "../sheets.js";
import { makeButton } from "./button.js";
import { makeList } from "./list.js";

/**
 * `send(payload)` asks the server for what is to become of hands; `known` are those that are no news.
 * @param {{
 *   words: Words, times: Times, known: State["hands"],
 *   send: (payload: Wire.Requests["hand"]["payload"]) => Promise<void>,
 *   alerts: () => Promise<ReturnType<typeof import("../alerts.js").mountAlerts> | null>,
 * }} options
 * @returns {Part}
 */
export function mountRaised(options) {
  const place = byId("hands", HTMLElement);
  let { known } = options;
  /** @type {{ host: boolean, part: HandsPart } | null} */
  let shown = null;
  loadSheet("page-hands");

  /** @type {Part["update"]} */
  function update(state) {
    const { hands, rules } = state;
    const host = isHost(state);
    if (shown?.host !== host) {
      shown?.part.remove();
      shown = { host, part: host ? makeList(options) : makeButton(options) };
      place.replaceChildren(shown.part.node);
    }
    place.hidden = hands.length === 0 && (host || !(rules.hands || rules.readonly));
    shown.part.update(state, known);
    known = hands;
  }

  return { update };
}
