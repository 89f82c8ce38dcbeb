// What one is writing, where it is no message of its own: an answer, or an own message that is
// edited. A bar above the field says so, and ends it.

import { quoteOf } from "./copies.js";
import { element } from "./dom.js";
import { gistOf } from "./gist.js";
import { colourOf } from "./people.js";
import { messageWith } from "./versions.js";

/**
 * `begin(text, mayBeEmpty, submit)` puts a text into the field in place of what is being written, and `release`
 * brings that back; `onEdit(id, text)` promises what was wrong, or "". `kept` keeps what is answered.
 * @param {{ bar: HTMLElement, text: HTMLElement, cancel: HTMLElement }} elements
 * @param {{
 *   words: Words, getState: () => State, kept: Kept<readonly [by: string, quoted: Quoted] | []>,
 *   composer: Pick<ReturnType<typeof import("./composer.js").mountComposer>,
 *     "begin" | "release" | "focus">,
 *   onEdit: (id: number, text: string) => Promise<string>,
 * }} options
 */
export function mountReplying({ bar, text, cancel }, options) {
  const { words, getState, kept, composer, onEdit } = options;
  /** @type {{ edits: boolean, quoted: Quoted } | null} */
  let current = restored();
  /** @type {Quoted | null} */
  let shown = null;

  cancel.addEventListener("click", () => {
    stop();
    composer.focus();
  });
  draw();

  function restored() {
    const [by, quoted] = kept.load() ?? [];
    return quoted !== undefined && by === getState().you.id ? { edits: false, quoted } : null;
  }

  /** @param {typeof current} next */
  function become(next) {
    if (current?.edits) composer.release();
    current = next;
    kept.save(next === null || next.edits ? [] : [getState().you.id, next.quoted]);
    draw();
  }

  /** Whether there was anything to stop. */
  function stop() {
    const was = current !== null;
    if (was) become(null);
    return was;
  }

  /** @param {number} id */
  function reply(id) {
    const message = messageWith(getState(), id);
    if (message === undefined) return;
    become({ edits: false, quoted: quoteOf(message) });
    composer.focus();
  }

  /** @param {number} id */
  function edit(id) {
    const message = messageWith(getState(), id);
    if (message === undefined) return;
    become(null);
    become({ edits: true, quoted: quoteOf(message) });
    composer.begin(message.message, message.files !== undefined, async (wanted) => {
      const wrong = wanted === message.message ? "" : await onEdit(id, wanted);
      if (wrong === "" && current?.edits && current.quoted.id === id) become(null);
      return wrong;
    });
  }

  /**
   * Answer again what a message that was not sent answered.
   * @param {Quoted | undefined} quoted
   */
  function restore(quoted) {
    if (quoted !== undefined) become({ edits: false, quoted });
  }

  /** What the message that is sent now answers; the bar is gone. */
  function take() {
    const quoted = current?.quoted;
    if (current !== null) become(null);
    return quoted;
  }

  /** @type {Map<string, Quoted>} */
  const elsewhere = new Map(); // room → what is answered there

  /**
   * The reader turns from one room to another, and back to what they were about to answer there.
   * @param {string} from
   * @param {string} to
   */
  function turn(from, to) {
    if (current !== null && !current.edits) elsewhere.set(from, current.quoted);
    const quoted = elsewhere.get(to);
    elsewhere.delete(to);
    become(quoted === undefined ? null : { edits: false, quoted });
  }

  function draw() {
    bar.hidden = current === null;
    shown = current?.quoted ?? null;
    if (current === null) return;
    const { edits, quoted } = current;
    const { user_id = "", user = "", deleted } = quoted;
    const said = deleted ? words.t("client.deleted_message") : gistOf(quoted, words);
    const [before, after] = words.t("client.replying", { name: "\0" }).split("\0");
    const name = element("bdi", `composing__who ${colourOf(user_id)}`, user);
    const what = edits ? [words.t("client.editing")] : [before, name, after];
    text.replaceChildren(
      element("span", "composing__what", ...what),
      element("bdi", "composing__said", said),
    );
  }

  /** @type {Part["update"]} */
  function update(state) {
    if (current === null) return;
    const { edits, quoted } = current;
    const now = messageWith(state, quoted.id);
    const gone = state.unseen[quoted.id]?.deleted === true;
    if (edits && gone) stop();
    else if (!edits && now !== undefined && quoteOf(now).message !== shown?.message) {
      current = { edits, quoted: quoteOf(now) };
      if (current.quoted.message !== shown?.message) draw();
    } else if (!edits && gone && !quoted.deleted) {
      current = { edits, quoted: { ...quoted, message: "", deleted: true } };
      draw();
    }
  }

  return { reply, edit, restore, stop, take, turn, update };
}
