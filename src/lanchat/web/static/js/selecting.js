// Selecting a part of a message with fingers, whose long touch is the menu elsewhere. Loaded with
// that menu, which offers it.

const SELECTING = "message--selecting"; // its touches are the browser's own

/** Whether letters can be selected only so: with a mouse one just does it. */
export function needsSelecting() {
  return matchMedia("(hover: none)").matches;
}

/**
 * All of a message's text is selected, and its ends can be moved, until one touches elsewhere.
 * @param {number} id
 */
export function selectText(id) {
  const message = document.getElementById(`message-${id}`);
  const text = message?.querySelector(".message__text");
  if (message === null || !text) return;
  message.classList.add(SELECTING);
  document.getSelection()?.selectAllChildren(text);
  document.addEventListener("pointerdown", end);

  /** @param {PointerEvent} event */
  function end({ target }) {
    if (message === null || (target instanceof Node && message.contains(target))) return;
    document.removeEventListener("pointerdown", end);
    message.classList.remove(SELECTING);
    document.getSelection()?.removeAllRanges();
  }
}
