// To anywhere by typing: the rooms that one is in, those that one could enter, and the people whom one
// could talk to alone.

import { element } from "../dom.js";
import { plain } from "../people.js";
import { makeGoals } from "./goals.js";

const MOST = 12;

/**
 * `open(opener)` shows the field; where it was open, it closes it.
 * @param {Pick<RoomMeans, "words" | "overlays" | "getState"> & { signs: RoomSigns, going: Going }} options
 */
export function makeSwitcher({ words, overlays, getState, signs, going }) {
  const { card, field, list, none } = makeCard(words);
  const goalsOf = makeGoals({ words, signs, going });
  /** @type {readonly RoomGoal[]} */
  let goals = [];
  let active = 0;

  document.body.append(card);
  field.addEventListener("input", () => {
    active = 0;
    draw();
  });
  field.addEventListener("keydown", (event) => {
    const { key, isComposing } = event;
    if (isComposing) return;
    if (key === "Enter") leaveFor(goals[active]?.go);
    else if (key === "ArrowDown" || key === "ArrowUp") {
      const { length } = goals;
      active = length && (active + (key === "ArrowDown" ? 1 : length - 1)) % length;
      mark();
    } else return;
    event.preventDefault();
  });

  /** @param {HTMLElement} opener */
  function open(opener) {
    if (overlays.isOpen(card)) {
      overlays.close();
      return;
    }
    field.value = "";
    active = 0;
    draw();
    overlays.open(card, opener);
  }

  function draw() {
    const wanted = plain(field.value.trim());
    goals = goalsOf(getState())
      .filter(({ name }) => plain(name).includes(wanted))
      .slice(0, MOST);
    list.replaceChildren(...goals.map(option));
    none.hidden = goals.length > 0;
    list.hidden = goals.length === 0;
    mark();
  }

  function mark() {
    for (const [at, node] of [...list.children].entries()) {
      node.setAttribute("aria-selected", String(at === active));
    }
    const current = list.children[active];
    if (current === undefined) field.removeAttribute("aria-activedescendant");
    else {
      field.setAttribute("aria-activedescendant", current.id);
      current.scrollIntoView({ block: "nearest" });
    }
  }

  /**
   * @param {RoomGoal} goal
   * @param {number} at
   */
  function option({ sign, name, beside, go }, at) {
    const node = element(
      "li",
      "switcher__goal",
      sign,
      element("bdi", "rooms__name", name),
      ...beside,
    );
    node.id = `switcher-${at}`;
    node.setAttribute("role", "option");
    node.addEventListener("click", () => leaveFor(go));
    node.addEventListener("pointermove", () => {
      if (active === at) return;
      active = at;
      mark();
    });
    return node;
  }

  /** @param {(() => void) | undefined} go */
  function leaveFor(go) {
    if (go === undefined) return;
    overlays.close();
    go();
  }

  return { open };
}

/**
 * The card's elements: a field, and the list that it chooses from.
 * @param {Words} words
 */
function makeCard(words) {
  const field = element("input", "field__input");
  const list = element("ul", "switcher__list");
  const none = element("p", "switcher__none", words.t("rooms.none_found"));
  const title = element("h2", "overlay__title", words.t("rooms.find"));
  const card = element("section", "overlay overlay--switcher", title, field, list, none);
  Object.assign(field, { type: "search", autocomplete: "off", spellcheck: false });
  field.enterKeyHint = "go";
  field.placeholder = words.t("rooms.find_hint");
  for (const [name, value] of Object.entries({
    role: "combobox",
    "aria-label": words.t("rooms.find"),
    "aria-expanded": "true",
    "aria-autocomplete": "list",
    "aria-controls": "switcher-list",
  })) {
    field.setAttribute(name, value);
  }
  list.id = "switcher-list";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", words.t("rooms.title"));
  none.setAttribute("role", "status");
  card.setAttribute("role", "dialog");
  card.setAttribute("aria-label", words.t("rooms.find"));
  card.hidden = true;
  return { card, field, list, none };
}
