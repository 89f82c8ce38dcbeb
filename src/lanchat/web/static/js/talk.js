// What one does with messages, joined: one writes, answers, edits, reacts, deletes, by whatever way.

import { mountActing } from "./acting.js";
import { makeDeeds } from "./deeds.js";
import { mayEdit } from "./moderation.js";
import { keep } from "./page.js";
import { typingRequest } from "./protocol.js";
import { mountReplying } from "./replying.js";
import { mountTyping } from "./typing.js";

/**
 * @param {Record<
 *   "log" | "rows" | "place" | "bar" | "text" | "cancel" | "typing" | "search", HTMLElement
 * >} elements of the list, and above the composer
 * @param {{
 *   words: Words, times: Times, overlays: Overlays, config: Config, getState: () => State,
 *   dispatch: Dispatch, tell: (text: string) => void, onJump: (id: number) => void,
 *   confirmed: (question: string, deed: string) => Promise<boolean>,
 *   composer: ReturnType<typeof import("./composer.js").mountComposer>,
 *   orders: ReturnType<typeof import("./orders.js").mountOrders>,
 *   socket: ReturnType<typeof import("./socket.js").openSocket>,
 * }} options
 */
export function mountTalk(elements, options) {
  const { words, times, overlays, config, getState, orders, composer, onJump } = options;
  const deeds = makeDeeds(options);
  /** @type {Kept<readonly [by: string, quoted: Quoted] | []>} */
  const kept = keep("sessionStorage", "lanchat.answering");
  const replying = mountReplying(elements, {
    ...{ words, composer, kept, getState },
    onEdit: deeds.edit,
  });
  mountActing(elements, {
    ...{ words, loadMenus, onJump },
    onReact: deeds.react,
    onReply: replying.reply,
  });

  const typing = mountTyping(elements.typing, {
    ...{ words, getState },
    tell: () => options.socket.ask(typingRequest()),
  });

  /** @param {Message} message */
  function isEditable(message) {
    return mayEdit(getState(), message, { limit: config.limits.edit, now: Date.now() });
  }

  async function loadMenus() {
    const { mountMenus } = await import("./actions.js");
    const { reply, edit } = replying;
    const { react, erase } = deeds;
    const { pin, clear } = orders;
    return mountMenus({
      ...{ words, times, overlays, getState },
      mayEdit: isEditable,
      deeds: { reply, edit, jump: onJump, react, pin, erase, clear },
    });
  }

  // What few look for is loaded with the first search.
  elements.search.addEventListener("click", loadSearch, { once: true });
  async function loadSearch() {
    const { mountSearch } = await import("./search.js");
    mountSearch(elements.search, { words, times, overlays, onJump, ask: options.socket.ask });
  }

  /** @param {string} text */
  function post(text) {
    typing.sent();
    deeds.post(text, replying.take());
  }

  /** Edit what one has said last, where there is time. Whether there is such a message. */
  function recall() {
    const { messages, you } = getState();
    const own = [...messages].reverse().find(({ user_id }) => user_id === you.id);
    if (own === undefined || !isEditable(own)) return false;
    replying.edit(own.id);
    return true;
  }

  /** @type {Part["update"]} */
  function update(state) {
    replying.update(state);
    typing.update(state);
  }

  const { stop, restore } = replying;
  return { post, recall, restore, typed: typing.typed, stop, update };
}
