// A guest's large button for their hand, and which place they have.

import { element, icon, setText } from "../dom.js";

/**
 * @param {{
 *   words: Words, send: (payload: Wire.Requests["hand"]["payload"]) => Promise<void>,
 * }} options
 * @returns {HandsPart}
 */
export function makeButton({ words, send }) {
  const label = element("span");
  const button = element("button", "button hands__button", icon("hand"), label);
  const place = element("p", "hands__place");
  const node = element("div", "hands__own", button, place);
  button.type = "button";
  place.setAttribute("role", "status");
  let isUp = false;
  let waits = false;

  button.addEventListener("click", () => {
    if (waits) return; // a second click would take the first one back
    waits = true;
    send({ up: !isUp }).finally(() => {
      waits = false;
    });
  });

  /** @type {HandsPart["update"]} */
  function update({ hands, you }) {
    const at = hands.findIndex(({ id }) => id === you.id);
    isUp = at >= 0;
    button.classList.toggle("hands__button--up", isUp);
    setText(label, words.t(isUp ? "client.hand.lower" : "client.hand.raise"));
    const numbers = { place: at + 1, count: hands.length };
    setText(place, isUp ? words.t("client.hand.place", numbers) : "");
  }

  return { node, update, remove: () => node.remove() };
}
