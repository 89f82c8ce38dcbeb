// The choice between light, dark and what the system says. js/theme.js does the work.

/** Wire every switch in the page; without scripts they stay hidden. */
export function mountThemeSwitches(root) {
  for (const label of root.querySelectorAll("[data-theme-switch]")) {
    const select = label.querySelector("select");
    select.value = window.lanchatTheme.stored();
    select.addEventListener("change", () => window.lanchatTheme.choose(select.value));
    label.hidden = false;
  }
}
