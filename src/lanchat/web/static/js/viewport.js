// iOS lays its keyboard over the page instead of making it smaller: follow what is visible.

/** Keep the root's height at the visible height while a keyboard is open. */
export function followViewport(root) {
  const { visualViewport } = window;
  if (!visualViewport) return;
  const follow = () => {
    const covered = window.innerHeight - visualViewport.height * visualViewport.scale > 100;
    root.style.height = covered ? `${visualViewport.height}px` : "";
    if (covered) window.scrollTo(0, 0);
  };
  visualViewport.addEventListener("resize", follow);
}
