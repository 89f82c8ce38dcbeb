// The handshake of a connection: both heads as they were sent, and how the answer is computed.

import { element, lastOf, setText } from "../dom.js";
import { drawAccept } from "./accepting.js";
import { mountExplanation } from "./explanation.js";
import { lineOf } from "./heads.js";
import { makeFigures } from "./figures.js";
import { entryOf } from "./record.js";
import { pointing, section } from "./section.js";

/**
 * @param {HTMLElement} root
 * @param {Inspect.ViewOptions} options
 * @returns {Inspect.View}
 */
export function mountHandshake(root, { words, lang }) {
  const figures = makeFigures(lang);
  const about = element("div", "frame__about");
  const choice = element("select", "choice__select");
  const label = element(
    "label",
    "handshake__choice",
    words.t("inspect.handshake.which"),
    " ",
    choice,
  );
  const body = element("div", "frame__body");
  const explanation = mountExplanation(about, { words, hint: words.t("inspect.handshake.hint") });
  root.append(element("div", "frame", about, label, body));
  /** @type {readonly Inspect.Handshake[]} */
  let all = [];
  /** @type {Inspect.Handshake | null | undefined} */
  let shown;
  /** @type {number | null} */
  let followed = null; // the entry by which the connection was chosen

  choice.addEventListener("change", () => {
    show(all.find(({ connection }) => String(connection) === choice.value) ?? null);
  });

  /** @type {Inspect.View["update"]} */
  function update(record, selected) {
    const now = record.connections.flatMap(({ handshake }) => handshake ?? []);
    if (now.length !== all.length || now.some((one, i) => one !== all[i])) list(now);
    if (selected !== followed) {
      followed = selected;
      const number = entryOf(record, selected)?.connection;
      const its = all.find(({ connection }) => connection === number);
      if (its) show(its);
    }
    const isThere = all.includes(/** @type {Inspect.Handshake} */ (shown));
    if (!isThere) show(lastOf(all) ?? null);
  }

  /** @param {readonly Inspect.Handshake[]} now */
  function list(now) {
    all = now;
    choice.replaceChildren(
      ...all.map(({ connection, at }) => {
        const time = words.t("inspect.frame.at", { time: figures.moment(at) });
        const option = element("option", "", `#${connection}, ${time}`);
        option.value = String(connection);
        return option;
      }),
    );
    label.hidden = all.length < 2;
    choice.value = String(shown?.connection ?? "");
  }

  /** @param {Inspect.Handshake | null} handshake */
  function show(handshake) {
    if (handshake === shown) return;
    shown = handshake;
    choice.value = String(handshake?.connection ?? "");
    explanation.show(null);
    about.hidden = handshake === null;
    body.replaceChildren(...(handshake === null ? [none()] : draw(handshake)));
    root.scrollTop = 0;
  }

  function none() {
    return element("p", "part", words.t("inspect.handshake.none"));
  }

  /** @param {Inspect.Handshake} handshake */
  function draw({ request, answer, accept, as_sent: asSent }) {
    const heads = element("div", "heads", head("request", request), head("answer", answer));
    const note = element("p", "part__hint");
    setText(note, words.t(asSent ? "inspect.handshake.as_sent" : "inspect.handshake.retold"));
    const parts = [heads, element("div", "part part--note", note)];
    const sent = answer.find((line) => /^sec-websocket-accept:/i.test(line)) ?? "";
    if (!accept) return parts;
    return [...parts, drawAccept(accept, sent.replace(/^[^:]*:\s*/, ""), words)];
  }

  /**
   * @param {"request" | "answer"} which
   * @param {readonly string[]} lines
   */
  function head(which, lines) {
    const rows = lines.map((line, place) => {
      const { part, meaning } = lineOf(line, place, which);
      const row = element("button", "heads__line", line);
      row.type = "button";
      row.dataset.head = part;
      pointing(row, meaning, explanation.show);
      return element("li", "", row);
    });
    const listed = element("ul", "heads__lines", ...rows);
    const name = words.t(`inspect.handshake.${which}`);
    return section(`handshake-${which}`, name, listed);
  }

  return { update };
}
