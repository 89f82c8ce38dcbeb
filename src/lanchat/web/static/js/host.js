// The page that the host link opens. The link's secret stands behind the #, which browsers keep
// to themselves: it is taken out of the address, and posted.

const at = (id) => document.getElementById(id);

become(location.hash.slice(1));
// The right link may be opened while this page shows that another one was wrong.
window.addEventListener("hashchange", () => become(location.hash.slice(1)));

async function become(secret) {
  if (secret === "") {
    if (at("error").hidden) location.replace("/chat");
    return;
  }
  history.replaceState(null, "", location.pathname);
  const answer = await fetch("/host", { method: "POST", body: new URLSearchParams({ secret }) });
  if (answer.ok) {
    location.replace("/chat");
    return;
  }
  at("doing").hidden = true;
  at("error").textContent = await answer.text();
  at("error").hidden = false;
  at("to-room").hidden = false;
}
