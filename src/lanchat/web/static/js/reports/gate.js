// Reports of what was said in private, for hosts: asked for by who is host, and shown where there is
// any (js/reports/panel.js).

import { isHost } from "../moderation.js";
import { whenNeeded } from "../page.js";
import { loadSheet } from "../sheets.js";

/**
 * @param {ReportMeans} options
 * @returns {Part}
 */
export function mountReports(options) {
  const { words, socket } = options;
  /** @type {ReturnType<typeof import("./panel.js").mountReportPanel> | null} */
  let panel = null;
  let asked = -1; // what was told of reports when they were asked for

  const load = whenNeeded(async () => {
    const [{ mountReportPanel }, texts] = await Promise.all([
      import("./panel.js"),
      fetch("texts/reports").then((answer) => answer.json()),
      loadSheet("page-reports"),
    ]);
    words.add(texts);
    panel = mountReportPanel({ ...options, look });
    return panel;
  });

  /** Ask what there is, and show it. */
  async function look() {
    const answer = await socket.ask(["reports", {}]);
    if (!answer?.ok) return;
    if (answer.count > 0) await load();
    panel?.show(answer.reports, answer.count);
  }

  return {
    update(state) {
      const looks = state.link === "online" && state.joined && isHost(state);
      if (!looks) {
        asked = -1;
        if (!isHost(state)) panel?.show([], 0);
      } else if (asked !== state.reports) {
        asked = state.reports;
        look();
      }
    },
  };
}
