// What holds in the room, below its name; and the words for who was removed.

import { setText } from "./dom.js";

export function mountRules(line, { words }) {
  function update({ rules }) {
    const { topic, locked, readonly, slow } = rules;
    const parts = [
      locked && words.t("client.rule_locked"),
      readonly && words.t("client.rule_readonly"),
      slow > 0 && words.count("client.rule_slow", slow),
      topic,
    ];
    const text = parts.filter(Boolean).join(" · ");
    line.hidden = text === "";
    line.title = text;
    setText(line, text);
  }

  return { update };
}

/** Shown in place of the chat, which is over for this page. */
export function mountFarewell({ card, why, again }, { words, times }) {
  function update({ link, removal }) {
    if (link !== "removed" || !card.hidden) return;
    const { code, until } = removal;
    const time = until && times.until(new Date(until));
    if (code === "kicked") setText(why, words.t("client.kicked"));
    else setText(why, words.t(until ? "client.banned_you" : "client.banned_you_forever", { time }));
    card.hidden = false;
    again.focus();
  }

  return { update };
}
