// The page that the host link opens. The link's secret stands behind the #, which browsers keep
// to themselves: it is taken out of the address, and posted.

import { byId } from "./dom.js";

const doing = byId("doing", HTMLElement);
const failed = byId("error", HTMLElement);
const toRoom = byId("to-room", HTMLElement);

become(location.hash.slice(1));
// The right link may be opened while this page shows that another one was wrong.
window.addEventListener("hashchange", () => become(location.hash.slice(1)));
window.lanchatRuns = true; // see floor.js

/** @param {string} secret */
async function become(secret) {
  if (secret === "") {
    if (failed.hidden) location.replace("chat");
    return;
  }
  history.replaceState(null, "", location.pathname);
  const answer = await fetch("host", { method: "POST", body: new URLSearchParams({ secret }) });
  if (answer.ok) {
    location.replace("chat");
    return;
  }
  doing.hidden = true;
  failed.textContent = await answer.text();
  failed.hidden = false;
  toRoom.hidden = false;
}
