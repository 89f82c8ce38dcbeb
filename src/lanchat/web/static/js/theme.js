// Light or dark, before the first paint: this script is loaded in the head and blocks.
// css/dark.css is the whole difference; its media attribute says when it counts.
"use strict";

window.lanchatTheme = (() => {
  const sheet = document.getElementById("dark-roles");
  const media = { system: "(prefers-color-scheme: dark)", light: "not all", dark: "all" };

  function stored() {
    try {
      const theme = localStorage.getItem("lanchat.theme");
      return theme in media ? theme : "system";
    } catch {
      return "system";
    }
  }

  function apply(theme) {
    sheet.media = media[theme];
    document.documentElement.dataset.theme = theme;
  }

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
