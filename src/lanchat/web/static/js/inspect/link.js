// The view Link: how the network beneath a connection does.

import { element, lastOf } from "../dom.js";
import { mountComings } from "./comings.js";
import { bestOf, chainsOf } from "./endings.js";
import { makeFigures } from "./figures.js";
import { mountKernel } from "./kernel.js";
import { mountOverhead } from "./overhead.js";
import { mountRoundtrips } from "./roundtrips.js";

/**
 * `probe` sends an event that nobody else sees, and promises when it is answered.
 * @param {HTMLElement} root
 * @param {Inspect.ViewOptions & { probe: () => Promise<unknown> }} options
 * @returns {Inspect.View}
 */
export function mountLink(root, { words, lang, probe }) {
  const figures = makeFigures(lang);
  const part = (/** @type {string} */ name) => {
    const its = element("div", "link__part");
    root.append(element("h2", "link__heading", words.t(`inspect.link.${name}`)), its);
    return its;
  };
  const none = element("p", "link__none", words.t("inspect.link.none"));
  const choice = mountChoice(words, () => seen && update(seen));
  root.classList.add("link");
  root.append(none, choice.node);
  const roundtrips = mountRoundtrips(part("roundtrips"), { words, figures, ask: probe });
  const kernel = mountKernel(part("tcp"), { words, figures });
  const overhead = mountOverhead(part("overhead"), { words, figures });
  const comings = mountComings(part("comings"), { words, figures });
  /** @type {Inspect.Record | null} */
  let seen = null;

  /** @param {Inspect.Record} record */
  function update(record) {
    seen = record;
    const chain = choice.update(record);
    const last = lastOf(chain);
    root.classList.toggle("link--none", last === undefined);
    none.hidden = last !== undefined;
    if (last === undefined) return;
    roundtrips.update(chain, record.now);
    const moment = lastOf(last.links);
    kernel.update(last.state === "open" ? moment?.tcp : null, record.hello?.tcp ?? false);
    if (moment !== undefined) overhead.update(last, moment);
    comings.update(record);
  }

  return { update };
}

/**
 * Which tab's connection it is about; shown where there are several.
 * @param {Words} words
 * @param {() => void} onChange
 */
function mountChoice(words, onChange) {
  const select = element("select", "choice__select");
  const node = element("label", "choice link__choice", words.t("inspect.link.which"), select);
  /** @type {number | null} */
  let chosen = null; // the first connection of the tab
  let drawn = "";
  select.addEventListener("change", () => {
    chosen = Number(select.value);
    onChange();
  });

  /**
   * The connections of the chosen tab.
   * @param {Inspect.Record} record
   */
  function update({ connections }) {
    const chains = chainsOf(connections);
    const chain = chains.find(([first]) => first.number === chosen) ?? bestOf(chains) ?? [];
    const offered = chains.filter((each) => each === chain || lastOf(each)?.state === "open");
    node.hidden = offered.length < 2;
    const names = offered.map((each) => [String(each[0].number), nameOf(lastOf(each))]);
    if (JSON.stringify(names) !== drawn) {
      drawn = JSON.stringify(names);
      select.replaceChildren(...names.map(([value, text]) => new Option(text, value)));
    }
    select.value = String(chain[0]?.number);
    return chain;
  }

  /** @param {Inspect.Connection | undefined} connection */
  function nameOf(connection) {
    if (connection === undefined) return "";
    const { number, own } = connection;
    return words.t(own ? "inspect.link.this_page" : "inspect.link.another_tab", { number });
  }

  return { node, update };
}
