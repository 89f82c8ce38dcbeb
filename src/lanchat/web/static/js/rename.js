// One's own name: changed in the settings, and kept for the next login.

import { setText } from "./dom.js";
import { keep } from "./page.js";

/** @type {Kept<string>} */
const lastName = keep("localStorage", "lanchat.name");

/**
 * The button opens the form with the name of now; what came of a change is told to all alike.
 * @param {{
 *   open: HTMLButtonElement, form: HTMLFormElement, field: HTMLInputElement, error: HTMLElement,
 * }} elements
 * @param {{ words: Words, ownName: () => string, onDone: () => void }} options
 */
export function mountRename({ open, form, field, error }, { words, ownName, onDone }) {
  open.addEventListener("click", () => show(form.hidden !== false));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    change();
  });
  field.addEventListener("input", () => complain(""));

  /** @param {boolean} shown */
  function show(shown) {
    form.hidden = !shown;
    open.setAttribute("aria-expanded", String(shown));
    complain("");
    field.value = ownName();
    if (shown) field.select();
    else open.focus();
  }

  async function change() {
    const name = field.value.trim();
    const why = await refusal(name);
    complain(why);
    if (why !== "") return;
    lastName.save(name);
    show(false);
    onDone();
  }

  /** @param {string} why */
  function complain(why) {
    setText(error, why);
    field.setAttribute("aria-invalid", String(why !== ""));
  }

  /**
   * Ask the server for the name; why it cannot be had, or "".
   * @param {string} name
   */
  async function refusal(name) {
    try {
      const body = new URLSearchParams({ username: name });
      const answer = await fetch("name", { method: "POST", body });
      return answer.ok ? "" : await answer.text();
    } catch {
      return words.t("client.no_connection");
    }
  }
}
