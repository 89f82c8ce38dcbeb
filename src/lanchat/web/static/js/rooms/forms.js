// A card with one field: what a room is to be called, how many groups there shall be.

import { element } from "../dom.js";

/**
 * Ask for it beside the opener; `onGo(value)` promises what was wrong with it, or "".
 * @param {HTMLElement} opener
 * @param {{
 *   overlays: Overlays, title: string, label: string, go: string, value?: string,
 *   type?: "text" | "number", hint?: string, onGo: (value: string) => Promise<string>,
 * }} options
 */
export function askFor(opener, { overlays, title, label, go, value = "", hint = "", ...more }) {
  const { type = "text", onGo } = more;
  const field = element("input", "field__input");
  const name = element("label", "field__label", label);
  const note = element("p", "field__hint", hint);
  const error = element("p", "field__error");
  const button = element("button", "button button--soft", go);
  const form = element("form", "field", name, field, ...(hint ? [note] : []), error, button);
  const heading = element("h2", "overlay__title", title);
  const card = element("section", "overlay", heading, form);
  Object.assign(field, { id: "room-field", type, value, autocomplete: "off", required: true });
  if (type === "number") Object.assign(field, { min: "1", max: "100", inputMode: "numeric" });
  else Object.assign(field, { maxLength: 40, dir: "auto", enterKeyHint: "done" });
  name.htmlFor = field.id;
  note.id = "room-hint";
  if (hint) field.setAttribute("aria-describedby", note.id);
  error.setAttribute("role", "alert");
  card.setAttribute("role", "dialog");
  card.setAttribute("aria-label", title);
  form.noValidate = true;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (field.value.trim() === "") return;
    button.disabled = true;
    const wrong = await onGo(field.value.trim());
    button.disabled = false;
    error.textContent = wrong;
    if (wrong === "") overlays.close();
  });
  document.body.append(card);
  overlays.open(card, opener, () => card.remove());
  field.select();
}
