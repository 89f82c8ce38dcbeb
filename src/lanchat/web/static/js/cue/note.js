// "Ana asks everybody to send": a note over the page with one button. What it sends is a message like
// any other, in the main room.

import { element, setText } from "../dom.js";
import { newClientId, postRequest } from "../protocol.js";

const SHOWN_FOR = 90_000; // milliseconds

/** @param {CueMeans} options */
export function mountCueNote({ words, ask }) {
  const who = element("p", "cue__who");
  const send = element("button", "button cue__send");
  const close = element("button", "button button--icon cue__close", "×");
  const why = element("p", "cue__why");
  const note = element("section", "cue", who, send, close, why);
  let text = "";
  let client_id = "";
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let end;

  note.hidden = true;
  note.setAttribute("aria-label", words.t("cue.label"));
  who.setAttribute("role", "status");
  why.setAttribute("role", "alert");
  send.type = "button";
  close.type = "button";
  close.setAttribute("aria-label", words.t("cue.close"));
  close.addEventListener("click", hide);
  send.addEventListener("click", async () => {
    send.disabled = true;
    const answer = await ask(postRequest({ client_id, text }));
    send.disabled = false;
    if (answer?.ok) hide();
    else setText(why, answer?.error.message ?? words.t("cue.no_connection"));
  });
  document.body.append(note);

  function hide() {
    note.hidden = true;
    clearTimeout(end);
  }

  /** @param {NonNullable<State["cue"]>} cue */
  function show(cue) {
    ({ text } = cue);
    client_id = newClientId(); // however often it is pressed, it is one message
    clearTimeout(end);
    end = setTimeout(hide, SHOWN_FOR);
    note.hidden = false;
    setText(why, "");
    fill(who, (name) => words.t("cue.asks", { name }), cue.person.name);
    fill(send, (said) => words.t("cue.send", { text: said }), text);
  }

  return { show };
}

/**
 * Put a sentence there with what somebody has typed in it, whose direction is its own.
 * @param {HTMLElement} node
 * @param {(place: string) => string} sentence
 * @param {string} typed
 */
function fill(node, sentence, typed) {
  const [before, after] = sentence("\0").split("\0");
  node.replaceChildren(element("span", "", before, element("bdi", "", typed), after));
}
