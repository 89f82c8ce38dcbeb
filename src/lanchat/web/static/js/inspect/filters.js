// What the ladder leaves out: whole layers, and the connections of other tabs.

import { element } from "../dom.js";
import { rowsOf } from "./explain.js";
import { layerSign } from "./signs.js";

/** @type {readonly { name: string, layers: readonly Inspect.Layer[] }[]} */
const GROUPS = [
  { name: "TCP, HTTP", layers: ["T", "H"] },
  { name: "WebSocket", layers: ["W"] },
  { name: "Engine.IO", layers: ["E"] },
  { name: "Socket.IO", layers: ["S"] },
];

/**
 * `has(entry)` is whether it shall be seen.
 * @param {{ words: Words, onChange: () => void }} options
 */
export function makeFilters({ words, onChange }) {
  /** @type {Set<Inspect.Layer>} */
  const hidden = new Set();
  const layers = element("div", "filters__layers", ...GROUPS.map(chip));
  const choice = element("select", "choice__select");
  const label = element("label", "filters__choice", words.t("inspect.connections"), " ", choice);
  const root = element("div", "filters", layers, label);
  layers.setAttribute("role", "group");
  layers.setAttribute("aria-label", words.t("inspect.layers"));
  label.hidden = true;
  for (const value of ["all", "own", "others"]) {
    const option = element("option", "", words.t(`inspect.connections.${value}`));
    option.value = value;
    choice.append(option);
  }
  choice.addEventListener("change", onChange);

  /** @type {ReadonlySet<number>} */
  let own = new Set();

  /** @param {(typeof GROUPS)[number]} group */
  function chip({ name, layers: its }) {
    const node = element("button", "filters__chip", ...its.map(layerSign), name);
    node.type = "button";
    node.setAttribute("aria-pressed", "true");
    node.addEventListener("click", () => {
      const shall = node.getAttribute("aria-pressed") !== "true";
      node.setAttribute("aria-pressed", String(shall));
      for (const layer of its) {
        if (shall) hidden.delete(layer);
        else hidden.add(layer);
      }
      onChange();
    });
    return node;
  }

  /** @param {Inspect.Record} record */
  function update({ connections }) {
    const now = connections.filter((one) => one.own).map(({ number }) => number);
    const changed = now.length !== own.size;
    own = new Set(now);
    // Only where some are of other tabs.
    label.hidden = now.length === 0 || now.length === connections.length;
    if (changed && choice.value !== "all") onChange();
  }

  /** @param {Inspect.Entry} entry */
  function has(entry) {
    if (!label.hidden && choice.value !== "all" && entry.connection !== null) {
      if (own.has(entry.connection) !== (choice.value === "own")) return false;
    }
    return rowsOf(entry).some(({ meaning }) => !hidden.has(meaning.layer));
  }

  return { root, update, has };
}
