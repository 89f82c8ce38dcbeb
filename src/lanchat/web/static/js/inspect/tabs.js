// The views of the page, of which a phone shows one at a time; a wide screen has the ladder at its left
// and one of the others beside it.

import { byId } from "../dom.js";

export const VIEWS = /** @type {const} */ (["ladder", "frame", "handshake", "link", "fanout"]);

const WIDE = "(min-width: 68.75rem)"; // as css/inspect.css has it

/** @typedef {(typeof VIEWS)[number]} ViewName */

/**
 * `show(view)` turns to one, `lead(view)` does so for what was chosen in another, `isShown(view)` is whether it can be seen; `onTurn` is called when
 * that changes. The address says which one it is.
 * @param {{ onTurn: () => void }} options
 */
export function mountTabs({ onTurn }) {
  const list = byId("inspect-tabs", HTMLElement);
  const wide = matchMedia(WIDE);
  let chosen = named(location.hash) ?? "ladder";
  /** @type {NodeListOf<HTMLAnchorElement>} */
  const languages = document.querySelectorAll(".languages__link");

  for (const view of VIEWS) tabOf(view).addEventListener("click", () => show(view));
  list.addEventListener("keydown", (event) => {
    const views = VIEWS.filter((view) => !wide.matches || view !== "ladder");
    const next = after(views, shown(), event.key);
    if (next === null) return;
    event.preventDefault();
    show(next);
    tabOf(next).focus();
  });
  // Where a phone came from the ladder, its way back leads there. What skips to the field below is
  // no view.
  window.addEventListener("popstate", () => {
    chosen = named(location.hash) ?? (location.hash === "" ? "ladder" : chosen);
    draw();
  });
  wide.addEventListener("change", draw);
  draw();

  /** The view beside the ladder, or the only one. */
  function shown() {
    return wide.matches && chosen === "ladder" ? "frame" : chosen;
  }

  /** @param {ViewName} view */
  function show(view) {
    if (view === chosen) return;
    chosen = view;
    history.replaceState(null, "", `#${view}`);
    draw();
  }

  /**
   * Turn to a view because of what was chosen in another one.
   * @param {ViewName} view
   */
  function lead(view) {
    if (!wide.matches && view !== chosen) {
      history.pushState(null, "", `#${view}`);
      chosen = view;
      draw();
      tabOf(view).focus();
    } else show(view);
  }

  function draw() {
    const now = shown();
    for (const view of VIEWS) {
      const tab = tabOf(view);
      tab.setAttribute("aria-selected", String(view === now));
      tab.tabIndex = view === now ? 0 : -1;
      byId(view, HTMLElement).hidden = !isShown(view);
    }
    tabOf("ladder").hidden = wide.matches;
    tabOf(now).scrollIntoView({ block: "nearest", inline: "nearest" });
    for (const link of languages) link.hash = now; // in another language one sees the same
    onTurn();
  }

  /** @param {ViewName} view */
  function isShown(view) {
    return view === shown() || (wide.matches && view === "ladder");
  }

  return { show, lead, isShown, isWide: () => wide.matches };
}

/** @param {ViewName} view */
function tabOf(view) {
  return byId(`tab-${view}`, HTMLButtonElement);
}

/** @param {string} hash */
function named(hash) {
  return VIEWS.find((view) => `#${view}` === hash) ?? null;
}

/**
 * Where a key leads from here: round in both directions, to the first and the last.
 * @param {readonly ViewName[]} views
 * @param {ViewName} from
 * @param {string} key
 */
function after(views, from, key) {
  const place = views.indexOf(from);
  const count = views.length;
  if (key === "ArrowRight") return views[(place + 1) % count];
  if (key === "ArrowLeft") return views[(place + count - 1) % count];
  if (key === "Home") return views[0];
  if (key === "End") return views[count - 1];
  return null;
}
