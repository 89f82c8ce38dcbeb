// Putting a text where it can be pasted from, with https and without.

import { element } from "./dom.js";

/**
 * Copy a text; false where the browser does not let us.
 * @param {string} text
 */
export async function copyText(text) {
  // Browsers keep navigator.clipboard from pages without https, as a LAN address mostly is.
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copiedFromField(text);
  }
}

/** @param {string} text */
function copiedFromField(text) {
  const focused = document.activeElement;
  const field = element("textarea", "hidden-label");
  field.value = text;
  field.readOnly = true; // no keyboard comes up
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  if (focused instanceof HTMLElement) focused.focus();
  return done;
}
