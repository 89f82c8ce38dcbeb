// The login page works without this: it only remembers the name, and takes the access code out
// of an invitation.

import { keep, mountThemeSwitches, takeCode } from "./page.js";

const name = keep("localStorage", "lanchat.name");
const field = document.getElementById("username");

const code = document.getElementById("code"); // only where the server asks for one
const invitation = keep("sessionStorage", "lanchat.code");

mountThemeSwitches(document);
if (field.value === "") field.value = name.load() ?? "";
acceptInvitation();
// An invitation may be opened while this page is there already.
window.addEventListener("hashchange", acceptInvitation);
if (field.value !== "" && !field.matches("[aria-invalid]") && code?.value === "") code.focus();
document.getElementById("login").addEventListener("submit", () => name.save(field.value.trim()));

/** The code is kept while this tab is open: choosing a language loads the page anew. */
function acceptInvitation() {
  const taken = takeCode();
  if (taken !== null) invitation.save(taken);
  if (code === null) return;
  if (taken !== null) code.value = taken;
  else if (code.matches("[aria-invalid]")) invitation.save("");
  else if (code.value === "") code.value = invitation.load() ?? "";
}
