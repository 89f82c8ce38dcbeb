// What a room shows before the first message.

import { element, setText } from "./dom.js";

/** A function that shows or hides the words for an empty room, with an address or "". */
export function emptyRoom(log, { words }) {
  const text = element("p", "empty__text");
  const place = element("p", "empty__address");
  const note = element(
    "div", "empty", element("p", "empty__title", words.t("client.empty_title")), text, place,
  );
  note.hidden = true;
  log.prepend(note);
  return (shown, address) => {
    if (note.hidden === shown) note.hidden = !shown;
    setText(text, words.t(address ? "client.empty_text" : "client.empty_text_alone"));
    setText(place, address);
    place.hidden = address === "";
  };
}
