// The files that go with the next message, above the composer: each can be looked at and removed.

import { element, icon } from "../dom.js";
import { kindOf } from "../attachments.js";
import { isPicture } from "../gist.js";

/**
 * @param {HTMLElement} tray
 * @param {{
 *   words: Words, onRemove: (key: string) => void, onOriginal: (is: boolean) => void,
 * }} options
 */
export function mountTray(tray, { words, onRemove, onOriginal }) {
  const list = element("ul", "tray__files");
  const original = element("button", "switch tray__original", words.t("client.files.original"));
  const hint = element("p", "tray__hint");
  /** @type {Map<string, { shown: DraftFile, item: HTMLElement }>} */
  const items = new Map();
  list.setAttribute("role", "list");
  list.setAttribute("aria-label", words.t("client.files.chosen"));
  original.type = "button";
  original.setAttribute("role", "switch");
  original.addEventListener("click", () => {
    onOriginal(original.getAttribute("aria-checked") !== "true");
  });
  hint.setAttribute("role", "status");
  tray.replaceChildren(list, original, hint);

  /** @param {Holding} holding */
  function itemOf(holding) {
    const { draft } = holding;
    const known = items.get(draft.key);
    if (known?.shown === draft) return known.item;
    const item = itemFor(holding);
    items.set(draft.key, { shown: draft, item });
    return item;
  }

  /** @param {Holding} holding */
  function itemFor({ draft, url, made }) {
    const { key, name, type, size } = draft;
    const image = element("img", "tray__image");
    const title = element("bdi", "tray__name", name);
    const before =
      made?.before === undefined || made.before < 1.1 * size ? "" : ` (${words.size(made.before)})`;
    const facts = made ? `${kindOf(name, type)} · ${words.size(size)}${before}` : "…";
    const remove = element("button", "tray__remove", icon("close"));
    image.alt = "";
    if (url !== undefined) image.src = url;
    remove.type = "button";
    remove.title = words.t("client.files.remove", { name });
    remove.setAttribute("aria-label", remove.title);
    remove.addEventListener("click", () => onRemove(key));
    return element(
      "li",
      "tray__file",
      url === undefined ? icon("file") : image,
      title,
      element("span", "tray__facts", facts),
      remove,
    );
  }

  /**
   * @param {readonly Holding[]} holdings
   * @param {boolean} isOriginal
   * @param {boolean} isOff whether they cannot be sent just now
   */
  function show(holdings, isOriginal, isOff) {
    const focused = list.contains(document.activeElement);
    const nodes = holdings.map(itemOf);
    for (const node of [...list.children]) {
      if (!nodes.includes(/** @type {HTMLElement} */ (node))) node.remove();
    }
    list.append(...nodes.filter((node) => !node.isConnected));
    nodes.forEach((node, index) => {
      if (list.children[index] !== node) list.insertBefore(node, list.children[index] ?? null);
    });
    for (const key of items.keys()) {
      if (!holdings.some(({ draft }) => draft.key === key)) items.delete(key);
    }
    const pictures = holdings.filter(({ file, draft }) => isPicture(file?.type ?? draft.type));
    const keeps = holdings.some(({ made }) => made?.keeps === true);
    original.hidden = pictures.length === 0;
    original.setAttribute("aria-checked", String(isOriginal));
    const may = keeps ? words.t("client.files.keeps") : "";
    hint.textContent = isOff ? words.t("client.files.off") : may;
    tray.hidden = holdings.length === 0;
    if (focused && !list.contains(document.activeElement)) {
      (list.querySelector("button") ?? document.getElementById("message"))?.focus();
    }
  }

  return { show };
}
