// Light or dark, with bubbles or compact, before the first paint: this script is loaded in the head
// and blocks.
// What belongs to one of the two says so in data-scheme, and its media attribute says when it
// counts; css/dark.css is nearly all of it.
"use strict";

window.lanchatTheme = (() => {
  const THEMES = ["system", "light", "dark"];

  /** @param {string} key */
  function load(key) {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  }

  /**
   * @param {string} key
   * @param {string} value
   */
  function save(key, value) {
    try {
      localStorage.setItem(key, value);
    } catch {
      // Forbidden: the choice lasts as long as the page.
    }
  }

  function stored() {
    const theme = load("lanchat.theme");
    return theme !== null && THEMES.includes(theme) ? theme : "system";
  }

  /** @param {string} theme */
  function apply(theme) {
    /** @type {NodeListOf<HTMLLinkElement | HTMLMetaElement>} */
    const nodes = document.head.querySelectorAll("[data-scheme]");
    for (const node of nodes) {
      const { scheme } = node.dataset;
      const chosen = scheme === theme ? "screen" : "not all";
      node.media = theme === "system" ? `screen and (prefers-color-scheme: ${scheme})` : chosen;
    }
  }

  /** @param {string} theme */
  function choose(theme) {
    apply(theme);
    save("lanchat.theme", theme);
  }

  /** @param {boolean} is */
  function compact(is) {
    document.documentElement.classList.toggle("compact", is);
    save("lanchat.compact", String(is));
  }

  apply(stored());
  if (load("lanchat.compact") === "true") compact(true);
  return { stored, choose, compact };
})();
