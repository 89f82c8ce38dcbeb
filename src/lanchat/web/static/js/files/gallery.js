// All files of a room in one card, the newest first: pictures as such, all else as a list.

import { element, icon, lastOf } from "../dom.js";
import { kindOf, pathOf } from "../attachments.js";
import { isPicture } from "../gist.js";
import { filesRequest } from "../protocol.js";
import { inOwnZone } from "../words.js";
import { loadSheet } from "../sheets.js";

/** @type {Record<string, (file: Attachment) => boolean>} */
const KINDS = {
  any: () => true,
  pictures: ({ type }) => isPicture(type),
  media: ({ type }) => /^(audio|video)\//.test(type),
  others: ({ type }) => !isPicture(type) && !/^(audio|video)\//.test(type),
};

/**
 * `ask(request)` promises the server's answer, or null; `onView(pictures, id)` shows one large,
 * `onJump(id)` leads to a message.
 * @param {HTMLElement} opener
 * @param {{
 *   words: Words, times: Times, overlays: Overlays, room: string,
 *   ask: ReturnType<typeof import("../socket.js").openSocket>["ask"],
 *   onJump: (id: number) => void, onView: (pictures: readonly Viewed[], id: string) => void,
 * }} options
 */
export async function openGallery(opener, { words, times, overlays, room, ask, ...on }) {
  const { onJump, onView } = on;
  const { card, kind, line, list, older } = makeCard(words);
  /** @type {Viewed[]} */
  const files = [];

  kind.addEventListener("change", draw);
  older.addEventListener("click", load);
  await loadSheet("page-files");
  document.body.append(card);
  overlays.open(card, opener, () => card.remove());
  await load();

  async function load() {
    older.disabled = true;
    const answer = await ask(filesRequest(lastOf(files)?.message, room));
    older.disabled = false;
    if (!answer?.ok) {
      line.textContent = inOwnZone(answer?.error.message ?? words.t("client.not_loaded"), times);
      return;
    }
    const { messages, complete } = answer;
    older.hidden = complete;
    const found = messages.flatMap(({ id, user, time, files: sent = [] }) =>
      sent.map((file) => ({ ...file, user, time, message: id })),
    );
    files.push(...found.reverse());
    draw();
  }

  function draw() {
    const shown = files.filter(KINDS[kind.value]);
    list.replaceChildren(...shown.map(itemOf));
    list.classList.toggle("gallery--pictures", kind.value === "pictures");
    line.textContent = shown.length === 0 ? words.t("client.files.nothing") : "";
  }

  /** @param {Viewed} file */
  function itemOf(file) {
    const { name, size, type, user, time, message } = file;
    const moment = times.until(new Date(time));
    const facts = `${kindOf(name, type)} · ${words.size(size)} · ${user}, ${moment}`;
    const jump = element("button", "gallery__jump", icon("up"));
    jump.type = "button";
    jump.title = words.t("client.files.to_message");
    jump.setAttribute("aria-label", `${jump.title}: ${name}`);
    jump.addEventListener("click", () => {
      overlays.close();
      onJump(message);
    });
    const title = element("bdi", "file-card__name", name);
    const text = element(
      "span",
      "gallery__text",
      title,
      element("span", "file-card__facts", facts),
    );
    return element("li", "gallery__item", opening(file, text), jump);
  }

  /**
   * What opens a file, or saves it.
   * @param {Viewed} file
   * @param {HTMLElement} text
   */
  function opening(file, text) {
    if (!isPicture(file.type)) {
      const link = element("a", "gallery__open", icon("file"), text);
      link.href = pathOf(file);
      link.download = file.name;
      return link;
    }
    const image = element("img", "gallery__image");
    Object.assign(image, { alt: "", loading: "lazy", width: 64, height: 64 });
    if (file.thumb) image.src = `files/${file.id}/thumb`;
    const button = element("button", "gallery__open", image, text);
    button.type = "button";
    button.addEventListener("click", () => {
      overlays.close();
      onView(files.filter(KINDS.pictures).reverse(), file.id);
    });
    return button;
  }
}

/** @param {Words} words */
function makeCard(words) {
  const title = element("h2", "overlay__title", words.t("client.files.all"));
  const choices = Object.keys(KINDS).map(
    (name) => new Option(words.t(`client.files.of.${name}`), name),
  );
  const kind = element("select", "choice__select", ...choices);
  const line = element("p", "search__line");
  const list = element("ul", "gallery");
  const older = element("button", "button button--soft", words.t("client.files.older"));
  const card = element("section", "overlay overlay--search", title, kind, line, list, older);
  kind.setAttribute("aria-label", title.textContent ?? "");
  line.setAttribute("role", "status");
  list.setAttribute("role", "list");
  card.setAttribute("role", "dialog");
  card.setAttribute("aria-label", title.textContent ?? "");
  card.hidden = true;
  older.type = "button";
  older.hidden = true;
  return { card, kind, line, list, older };
}
