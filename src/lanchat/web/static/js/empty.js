// What a room shows before the first message.

import { element } from "./dom.js";

/** A function that shows or hides the words for an empty room inside the log. */
export function emptyRoom(log, { words, address }) {
  const text = words.t(address ? "client.empty_text" : "client.empty_text_alone");
  const note = element(
    "div", "empty",
    element("p", "empty__title", words.t("client.empty_title")),
    element("p", "empty__text", text),
  );
  if (address) note.append(element("p", "empty__address", address));
  note.hidden = true;
  log.prepend(note);
  return (shown) => {
    if (note.hidden === shown) note.hidden = !shown;
  };
}
