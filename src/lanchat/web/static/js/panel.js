// The panel with people and settings: a column where there is room, else a sheet from the side.

/** The sheet takes the focus while it is open, and gives it back. */
export function mountPanel({ panel, room, backdrop, open, close }) {
  const wide = matchMedia("(min-width: 60rem)");

  function show(shown) {
    panel.classList.toggle("panel--open", shown);
    backdrop.hidden = !shown;
    room.inert = shown;
    open.setAttribute("aria-expanded", String(shown));
  }

  function shut() {
    show(false);
    open.focus();
  }

  open.addEventListener("click", () => {
    show(true);
    close.focus();
  });
  close.addEventListener("click", shut);
  backdrop.addEventListener("click", shut);
  document.addEventListener("keydown", ({ key }) => {
    if (key === "Escape" && panel.classList.contains("panel--open")) shut();
  });
  wide.addEventListener("change", () => show(false));
}
