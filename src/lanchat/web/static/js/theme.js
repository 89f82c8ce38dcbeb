// Light or dark, before the first paint: this script is loaded in the head and blocks.
// What belongs to one of the two says so in data-scheme, and its media attribute says when it
// counts; css/dark.css is nearly all of it.
"use strict";

window.lanchatTheme = (() => {
  const THEMES = ["system", "light", "dark"];

  function stored() {
    try {
      const theme = localStorage.getItem("lanchat.theme");
      return theme !== null && THEMES.includes(theme) ? theme : "system";
    } catch {
      return "system";
    }
  }

  /** @param {string} theme */
  function apply(theme) {
    /** @type {NodeListOf<HTMLLinkElement | HTMLMetaElement>} */
    const nodes = document.head.querySelectorAll("[data-scheme]");
    for (const node of nodes) {
      const { scheme } = node.dataset;
      const chosen = scheme === theme ? "all" : "not all";
      node.media = theme === "system" ? `(prefers-color-scheme: ${scheme})` : chosen;
    }
  }

  /** @param {string} theme */
  function choose(theme) {
    apply(theme);
    try {
      localStorage.setItem("lanchat.theme", theme);
    } catch {
      // Forbidden: the choice lasts as long as the page.
    }
  }

  apply(stored());
  return { stored, choose };
})();
