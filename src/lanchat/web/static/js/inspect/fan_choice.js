// Which of one's own last messages it is about.

import { element } from "../dom.js";

/**
 * @param {HTMLElement} root
 * @param {{ words: Words, figures: Inspect.Figures, onChoose: (message: number) => void }} options
 */
export function mountChoice(root, { words, figures, onChoose }) {
  const list = element("div", "fan__choice");
  const legend = element("legend", "fan__heading", words.t("inspect.fan.which"));
  let listed = "";

  root.append(element("fieldset", "fan__last", legend, list));
  list.addEventListener("change", ({ target }) => {
    if (target instanceof HTMLInputElement) onChoose(Number(target.value));
  });

  /**
   * @param {readonly Inspect.Fan[]} fans
   * @param {Inspect.Fan} chosen
   * @param {number} began
   */
  function update(fans, chosen, began) {
    const labels = fans.map(({ message, told, text }) => [
      String(message),
      figures.clock(began + told),
      (text ?? words.t("inspect.fan.elsewhere")) || words.t("inspect.fan.no_text"),
    ]);
    const key = JSON.stringify(labels);
    const isNew = key !== listed;
    const hadFocus = isNew && list.contains(document.activeElement);
    if (isNew) list.replaceChildren(...labels.map(radio));
    listed = key;
    const its = list.querySelector(`input[value="${chosen.message}"]`);
    if (!(its instanceof HTMLInputElement)) return;
    its.checked = true;
    if (hadFocus) its.focus();
  }

  return { update };
}

/** @param {string[]} label */
function radio([message, time, text]) {
  const input = element("input", "fan__radio");
  Object.assign(input, { type: "radio", name: "fan", value: message });
  const said = element("bdi", "fan__text", text);
  return element("label", "fan__one", input, element("span", "fan__time", time), said);
}
