// The reports that wait for a host: a line above the talk, and a card with what was said around each
// message. Loaded with the first report.

import { element } from "../dom.js";
import { deleteRequest } from "../protocol.js";

/**
 * @param {ReportMeans & { look: () => Promise<void> }} options `look` asks again what there is
 */
export function mountReportPanel({ words, times, overlays, socket, confirmed, tell, look }) {
  const text = element("span", "report-line__text");
  const open = element("button", "button button--soft", words.t("reports.look"));
  const line = element("div", "report-line", text, open);
  const list = element("div", "reports");
  const title = element("h2", "overlay__title", words.t("reports.title"));
  const note = element("p", "field__hint", words.t("reports.note"));
  const card = element("section", "overlay overlay--reports", title, note, list);

  open.type = "button";
  open.addEventListener("click", () => overlays.open(card, open));
  text.setAttribute("role", "status");
  line.hidden = true;
  card.hidden = true;
  card.setAttribute("role", "dialog");
  card.setAttribute("aria-label", words.t("reports.title"));
  document.getElementById("conversation")?.before(line);
  document.body.append(card);

  /**
   * @param {readonly Wire.Report[]} reports
   * @param {number} count how many there are in all
   */
  function show(reports, count) {
    const within = list.contains(document.activeElement);
    line.hidden = count === 0;
    text.textContent = count === 0 ? "" : words.count("reports.waiting", count);
    list.replaceChildren(...reports.map(entry));
    if (!overlays.isOpen(card)) return;
    if (count === 0) overlays.close();
    else if (within) list.querySelector("button")?.focus();
  }

  /** @param {Wire.Report} report */
  function entry({ id, by, time, messages }) {
    const author = messages.find((message) => message.id === id)?.user ?? "";
    const head = element("h3", "report__head", words.t("reports.by", { name: by.user, author }));
    const when = element("time", "report__time", times.full(new Date(time)));
    when.dateTime = time;
    const node = element("article", "report", head, when, ...messages.map((one) => said(one, id)));
    head.id = `report-${id}`;
    node.setAttribute("aria-labelledby", head.id);
    node.append(
      element(
        "div",
        "report__acts",
        act("client.action.delete", "button button--danger", () => erase(id)),
        act("reports.dismiss", "button button--soft", () => dismiss(id)),
      ),
    );
    return node;
  }

  /**
   * @param {Wire.Report["messages"][number]} message
   * @param {number} reported
   */
  function said({ id, user, message, files = [] }, reported) {
    const name = element("bdi", "report__name", user);
    const paragraph = element("p", "report__text", [message, ...files].filter(Boolean).join("\n"));
    const is = id === reported;
    paragraph.dir = "auto";
    const label = is ? [element("small", "report__label", words.t("reports.this"))] : [];
    return element(
      "div",
      is ? "report__said report__said--it" : "report__said",
      name,
      ...label,
      paragraph,
    );
  }

  /**
   * @param {string} key
   * @param {string} kind
   * @param {() => Promise<void>} onPress
   */
  function act(key, kind, onPress) {
    const button = element("button", kind, words.t(key));
    button.type = "button";
    button.addEventListener("click", async () => {
      button.disabled = true;
      await onPress();
      button.disabled = false;
    });
    return button;
  }

  /** @param {number} id */
  async function erase(id) {
    overlays.close();
    const meant = await confirmed(words.t("client.sure.delete"), words.t("client.action.delete"));
    if (meant) await settle(await socket.ask(deleteRequest(id)));
  }

  /** @param {number} id */
  async function dismiss(id) {
    await settle(await socket.ask(["report", { id, dismiss: true }]));
  }

  /** @param {{ ok: true } | { ok: false, error: Refusal } | null} answer */
  async function settle(answer) {
    if (!answer?.ok) tell(answer?.error.message ?? words.t("client.no_connection"));
    await look();
  }

  return { show };
}
