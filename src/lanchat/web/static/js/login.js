// The login page works without this: it only remembers the name, and takes the access code out
// of an invitation.

import { byId, setText } from "./dom.js";
import { keep, mountThemeSwitches, takeCode } from "./page.js";
import { inOwnZone, makeTimes } from "./words.js";

/** @type {Kept<string>} */
const name = keep("localStorage", "lanchat.name");
/** @type {Kept<string>} */
const invitation = keep("sessionStorage", "lanchat.code");
const field = byId("username", HTMLInputElement);
/** @type {HTMLInputElement | null} */
const code = document.querySelector("#code"); // only where the server asks for one

mountThemeSwitches(document);
// Until when somebody is banned is said by their own clock.
for (const line of document.querySelectorAll(".field__error")) {
  setText(line, inOwnZone(line.textContent ?? "", makeTimes(document.documentElement.lang)));
}
if (field.value === "") field.value = name.load() ?? "";
acceptInvitation();
// An invitation may be opened while this page is there already.
window.addEventListener("hashchange", acceptInvitation);
if (field.value !== "" && !field.matches("[aria-invalid]") && code?.value === "") code.focus();
byId("login", HTMLFormElement).addEventListener("submit", ({ currentTarget: form }) => {
  name.save(field.value.trim());
  // A link to a message goes on to the chat.
  if (form instanceof HTMLFormElement) form.action = form.action.split("#")[0] + location.hash;
});
// The free name that is offered in place of one that is taken.
/** @type {HTMLFormElement | null} */
const suggested = document.querySelector("#suggested");
suggested?.addEventListener("submit", () => name.save(suggested.username.value));
window.lanchatRuns = true; // see floor.js

/** The code is kept while this tab is open: choosing a language loads the page anew. */
function acceptInvitation() {
  const taken = takeCode();
  if (taken !== null) invitation.save(taken);
  if (code === null) return;
  if (taken !== null) code.value = taken;
  else if (code.matches("[aria-invalid]")) invitation.save("");
  else if (code.value === "") code.value = invitation.load() ?? "";
}
