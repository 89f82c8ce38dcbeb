// The box that says what something is: its layer, two sentences, and where the rule stands.

import { element } from "../dom.js";
import { KNOWN_EVENTS } from "./explain.js";
import { layerName, layerSign } from "./signs.js";

/**
 * `show(meaning)` fills it; null has the hint.
 * @param {HTMLElement} root
 * @param {{ words: Words, hint: string }} options
 */
export function mountExplanation(root, { words, hint }) {
  root.classList.add("explain");

  /** @type {Inspect.Meaning | null | undefined} */
  let shown;

  /** @param {Inspect.Meaning | null} meaning */
  function show(meaning) {
    if (shown === meaning) return;
    shown = meaning;
    root.scrollTop = 0;
    if (meaning === null) {
      root.replaceChildren(element("p", "explain__text", hint));
      return;
    }
    const { key, params, layer, source } = meaning;
    const title = element("p", "explain__title");
    title.dataset.layer = layer;
    const name = element("span", "explain__layer", layerName(layer));
    title.append(layerSign(layer), name, words.t(`inspect.what.${key}.title`, params));
    const text = element("p", "explain__text", words.t(`inspect.what.${key}`, params), " ");
    const event = String(params.event ?? "");
    if (KNOWN_EVENTS.has(event)) text.prepend(words.t(`inspect.event.${event}`), " ");
    if (source !== null) text.append(sourceLink(source));
    root.replaceChildren(title, text);
  }

  show(null);
  return { show };
}

/** @param {Inspect.Source} source */
export function sourceLink({ text, href }) {
  const link = element("a", "source", text);
  link.href = href;
  link.target = "_blank";
  link.rel = "noopener";
  return link;
}
