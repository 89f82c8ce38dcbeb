// The form by which hosts ask: a question, and a field for each option.

import { element, icon } from "../dom.js";
import { newClientId } from "../protocol.js";
import { loadSheet } from "../sheets.js";
import { inOwnZone } from "../words.js";
import { pollRequest } from "./requests.js";

const LEAST = 2;
const MOST = 10;
const LETTERS = { question: 200, option: 100 };

/**
 * Show it beside the button that opens it; `ask(request)` promises the server's answer, or null. The
 * poll is for the `room`.
 * @param {HTMLElement} opener
 * @param {{
 *   words: Words, times: Times, overlays: Overlays, room: string,
 *   ask: ReturnType<typeof import("../socket.js").openSocket>["ask"],
 * }} options
 */
export async function openPollForm(opener, { words, times, overlays, room, ask }) {
  const client_id = newClientId(); // sent again it is the same poll
  const question = field("poll-question", "client.poll.question", LETTERS.question);
  const list = element("div", "poll-form__options");
  const more = button("button button--quiet", "client.poll.more", addOption, "add");
  const error = element("p", "field__error");
  const send = element("button", "button button--primary", words.t("client.poll.start"));
  const title = element("h2", "overlay__title", words.t("client.poll.new"));
  const hint = element("p", "overlay__hint", words.t("client.poll.secret"));
  const form = element("form", "poll-form", question, list, more, hint, error, send);
  const card = element("section", "overlay overlay--poll", title, form);
  card.setAttribute("role", "dialog");
  card.setAttribute("aria-label", words.t("client.poll.new"));
  error.setAttribute("role", "alert");
  form.noValidate = true; // what is missing is said by the server, in words
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    start();
  });
  for (let number = 0; number < LEAST; number += 1) addOption();
  await loadSheet("page-polls");
  document.body.append(card);
  overlays.open(card, opener, () => card.remove());

  /**
   * @param {string} id
   * @param {string} key
   * @param {number} most
   * @param {Params} [params]
   */
  function field(id, key, most, params) {
    const label = element("label", "field__label", words.t(key, params));
    const input = element("input", "field__input");
    input.id = id;
    input.dir = "auto";
    input.maxLength = most;
    input.autocomplete = "off";
    label.htmlFor = id;
    return element("div", "field", label, input);
  }

  /**
   * @param {string} className
   * @param {string} key
   * @param {() => void} onClick
   * @param {string} symbol
   */
  function button(className, key, onClick, symbol) {
    const node = element("button", className, icon(symbol), words.t(key));
    node.type = "button";
    node.addEventListener("click", onClick);
    return node;
  }

  function addOption() {
    const number = list.children.length + 1;
    const added = field(`poll-option-${number}`, "client.poll.option", LETTERS.option, { number });
    list.append(added);
    more.hidden = number >= MOST;
    if (number > LEAST) added.querySelector("input")?.focus();
  }

  async function start() {
    send.disabled = true;
    error.textContent = "";
    const [asked, ...texts] = [...form.querySelectorAll("input")].map(({ value }) => value.trim());
    const options = texts.filter((text) => text !== "");
    const answer = await ask(pollRequest(client_id, { question: asked, options }, room));
    send.disabled = false;
    if (answer?.ok) overlays.close();
    else {
      error.textContent = inOwnZone(
        answer?.error.message ?? words.t("client.no_connection"),
        times,
      );
    }
  }
}
