// The settings card, but for the sounds (js/alerts.js). Loaded when somebody opens it, or has chosen
// in it that the screen stays on.

import { mountAwakeSwitch } from "./awake.js";
import { byId } from "./dom.js";
import { mountCompactSwitch, mountThemeSwitches } from "./page.js";
import { mountRename } from "./rename.js";

/**
 * `ownName()` is the name to be changed, `onDone()` is called where it was.
 * @param {{ words: Words, ownName: () => string, onDone: () => void }} options
 */
export function mountSettings({ words, ownName, onDone }) {
  const at = (/** @type {string} */ id) => byId(id, HTMLElement);
  mountThemeSwitches(document);
  mountCompactSwitch(at("compact"));
  mountAwakeSwitch({ button: at("awake"), why: at("awake-why") }, { words });
  mountRename(
    {
      open: byId("open-rename", HTMLButtonElement),
      form: byId("rename", HTMLFormElement),
      field: byId("new-name", HTMLInputElement),
      error: at("rename-error"),
    },
    { words, ownName, onDone },
  );
}
