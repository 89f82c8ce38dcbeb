// A poll as an element: its question, and for each option a bar that grows.

import { element, setText } from "../dom.js";

/**
 * What `update` makes it show: how many have voted, the reader's own vote, and what they may do. Without
 * `onVote` it is for looking at.
 * @param {number} id
 * @param {Poll} poll
 * @param {{
 *   words: Words, onVote?: (id: number, option: number | null) => void, onClose?: (id: number) => void,
 * }} options
 */
export function makePoll(id, { question, options }, { words, onVote, onClose }) {
  const lines = options.map((text, number) => makeOption(text, number));
  const legend = element("legend", "poll__question", element("bdi", "", question));
  const group = element("fieldset", "poll__options", legend, ...lines.map(({ line }) => line));
  const total = element("span", "poll__total");
  const back = act("client.poll.take_back", () => onVote?.(id, null));
  const close = act("client.poll.close", () => onClose?.(id));
  const foot = element("div", "poll__foot", total, back, close);
  const node = element("div", "poll", group, foot);
  node.setAttribute("aria-live", "off"); // each vote would be read out

  /**
   * @param {string} text
   * @param {number} number
   */
  function makeOption(text, number) {
    const radio = element("input", "poll__radio");
    radio.type = "radio";
    radio.name = `poll-${id}`;
    radio.addEventListener("change", () => onVote?.(id, number));
    const count = element("span", "poll__count");
    const said = element("span", "poll__text", element("bdi", "", text));
    const own = element("span", "poll__own", words.t("client.poll.own"));
    const line = element("label", "poll__option", radio, said, own, count);
    return { line, radio, count, own };
  }

  /**
   * @param {string} key
   * @param {() => void} onAct
   */
  function act(key, onAct) {
    const button = element("button", "poll__act", words.t(key));
    button.type = "button";
    button.addEventListener("click", onAct);
    return button;
  }

  /** @param {{ poll: Poll, vote?: number | null, hosting?: boolean }} shown */
  function update({ poll: { counts, closed }, vote = null, hosting = false }) {
    const all = counts.reduce((sum, count) => sum + count, 0);
    const most = Math.max(...counts);
    lines.forEach(({ line, radio, count, own }, number) => {
      const share = all === 0 ? 0 : counts[number] / all;
      line.style.setProperty("--share", String(share));
      line.classList.toggle("poll__option--own", vote === number);
      line.classList.toggle("poll__option--most", all > 0 && counts[number] === most);
      radio.checked = vote === number;
      own.hidden = vote !== number;
      const percent = Math.round(100 * share);
      setText(count, words.t("client.poll.share", { count: counts[number], percent }));
    });
    group.disabled = closed || onVote === undefined;
    node.classList.toggle("poll--closed", closed || onVote === undefined);
    const voted = words.count("client.poll.votes", all);
    setText(total, closed ? `${words.t("client.poll.closed")} · ${voted}` : voted);
    back.hidden = closed || vote === null || onVote === undefined;
    close.hidden = closed || !hosting || onClose === undefined;
  }

  return { node, update };
}
