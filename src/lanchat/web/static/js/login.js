// The login page works without this: it only remembers the name.

import { keep } from "./storage.js";
import { mountThemeSwitches } from "./theme-switch.js";

const name = keep("localStorage", "lanchat.name");
const field = document.getElementById("username");

mountThemeSwitches(document);
if (field.value === "") field.value = name.load() ?? "";
if (field.getAttribute("aria-invalid") !== "true" && document.getElementById("code")) {
  if (field.value !== "") document.getElementById("code").focus();
}
document.getElementById("login").addEventListener("submit", () => name.save(field.value.trim()));
