// One frame, from its bits to what it says.

import { element } from "../dom.js";
import { mountExplanation } from "./explanation.js";
import { rowsOf } from "./explain.js";
import { entryOf } from "./record.js";

/**
 * @param {HTMLElement} root
 * @param {Inspect.ViewOptions} options
 * @returns {Inspect.View}
 */
export function mountFrame(root, { words }) {
  const about = element("div", "");
  const explanation = mountExplanation(about, { words, hint: words.t("inspect.frame.none") });
  root.append(about);
  return {
    update(record, selected) {
      const entry = entryOf(record, selected);
      explanation.show(entry?.kind === "frame" ? rowsOf(entry)[0].meaning : null);
    },
  };
}
