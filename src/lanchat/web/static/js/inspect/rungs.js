// One line of the ladder: an arrow with what it carries, or a bar over both lanes.

import { element } from "../dom.js";
import { layerSign } from "./signs.js";

/**
 * `asked` is the entry that this one answers.
 * @param {Inspect.Row} row
 * @param {{
 *   words: Words, figures: Inspect.Figures, asked: Inspect.Entry | undefined,
 * }} options
 */
export function drawRow(row, { words, figures, asked }) {
  const { entry, from, meaning } = row;
  const button = element("button", "ladder__entry");
  button.type = "button";
  button.tabIndex = -1;
  button.dataset.kind = entry.kind;
  button.dataset.layer = meaning.layer;
  if (from !== null) button.dataset.from = from;
  if (entry.kind === "frame" && entry.packet?.event) button.dataset.event = entry.packet.event;
  const label = element("span", "ladder__label", layerSign(meaning.layer));
  if (row.digits !== "") label.append(element("code", "ladder__digits", row.digits));
  label.append(element("span", "ladder__name", nameOf(row, words)));
  if (row.size !== null) label.append(faint(words.count("inspect.bytes", row.size)));
  if (asked) {
    label.append(
      faint(words.t("inspect.ladder.after", { time: figures.time(entry.at - asked.at) })),
    );
  }
  if (entry.connection !== null) {
    label.append(element("span", "ladder__connection", `#${entry.connection}`));
  }
  const way =
    from === null ? [] : [element("span", "hidden-label", words.t(`inspect.from.${from}`))];
  button.append(
    element("span", "ladder__time", figures.moment(entry.at)),
    element("span", "ladder__rung", label, ...way, element("span", "ladder__arrow")),
  );
  return element("li", "ladder__row", button);
}

/**
 * @param {Inspect.Row} row
 * @param {Words} words
 */
function nameOf({ entry, name, meaning, from }, words) {
  if (entry.kind === "lost") return words.count("inspect.lost", entry.entries);
  if (from !== null) return name;
  const { key, params } = meaning;
  return entry.kind === "connection" && entry.state === "open"
    ? `${words.t(`inspect.what.${key}.title`)} ${name}`
    : words.t(`inspect.what.${key}.title`, params);
}

/** @param {string} text */
function faint(text) {
  return element("span", "ladder__fact", text);
}

/**
 * @param {HTMLElement} node
 * @param {{ chosen: boolean, paired: boolean, stop: boolean }} marks
 */
export function markRow(node, { chosen, paired, stop }) {
  node.classList.toggle("ladder__row--paired", paired);
  const button = node.firstElementChild;
  if (!(button instanceof HTMLButtonElement)) return;
  button.tabIndex = stop ? 0 : -1;
  if (chosen) button.setAttribute("aria-current", "true");
  else button.removeAttribute("aria-current");
}

/**
 * What the next message will do: to the server, back to its sender and to all others, and the answer.
 * @param {import("./saying.js").Next} next
 * @param {Words} words
 */
export function drawNext({ digits, size, people }, words) {
  const heading = element("li", "ladder__next", words.t("inspect.next"));
  return [
    heading,
    expected("browser", [
      element("code", "ladder__digits", digits),
      element("span", "ladder__name", "new_message"),
      faint(words.count("inspect.next.masked", size)),
    ]),
    expected("server", [
      element("code", "ladder__digits", "42"),
      element("span", "ladder__name", "add_chat_message"),
      faint(words.count("inspect.next.copies", people)),
    ]),
    expected("server", [
      element("code", "ladder__digits", digits.replace("2", "3")),
      element("span", "ladder__name", "ack"),
      faint(words.t("inspect.next.stored")),
    ]),
  ];
}

/**
 * @param {Inspect.Side} from
 * @param {HTMLElement[]} label
 */
function expected(from, label) {
  const rung = element("span", "ladder__rung");
  rung.append(
    element("span", "ladder__label", layerSign("S"), ...label),
    element("span", "ladder__arrow"),
  );
  const entry = element("div", "ladder__entry ladder__entry--next");
  entry.dataset.from = from;
  entry.dataset.layer = "S";
  entry.append(element("span", "ladder__time", "…"), rung);
  return element("li", "ladder__row", entry);
}
