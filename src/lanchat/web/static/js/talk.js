// What one does with messages, joined: one writes, answers, edits, reacts, deletes, by whatever way.

import { mountActing } from "./acting.js";
import { picturesIn } from "./attachments.js";
import { makeDeeds } from "./deeds.js";
import { byId } from "./dom.js";
import { mayEdit } from "./moderation.js";
import { waiting } from "./outbox.js";
import { keep, whenNeeded } from "./page.js";
import { typingRequest } from "./protocol.js";
import { mountReplying } from "./replying.js";
import { roomOf } from "./rooms/views.js";
import { mountTyping } from "./typing.js";

/**
 * @param {Record<
 *   "log" | "rows" | "place" | "bar" | "text" | "cancel" | "typing" | "search", HTMLElement
 * >} elements of the list, and above the composer
 * @param {{
 *   words: Words, times: Times, overlays: Overlays, config: Config, getState: () => State,
 *   dispatch: Dispatch, tell: (text: string) => void,
 *   onJump: (id: number, room?: string) => void,
 *   confirmed: (question: string, deed: string) => Promise<boolean>,
 *   attaching: ReturnType<typeof import("./attaching.js").mountAttaching>,
 *   composer: ReturnType<typeof import("./composer.js").mountComposer>,
 *   orders: ReturnType<typeof import("./orders.js").mountOrders>,
 *   socket: ReturnType<typeof import("./socket.js").openSocket>,
 *   rooms: { nameOf: (id: string) => string, talkTo: (person: User) => void },
 * }} options
 */
export function mountTalk(elements, options) {
  const { words, times, overlays, config, getState, orders, composer, onJump } = options;
  const { attaching } = options;
  const deeds = makeDeeds(options);
  /** @type {Kept<readonly [by: string, quoted: Quoted] | []>} */
  const kept = keep("sessionStorage", "lanchat.answering");
  const replying = mountReplying(elements, {
    ...{ words, composer, kept, getState },
    onEdit: deeds.edit,
  });
  mountActing(elements, {
    ...{ words, loadMenus: orTold(loadMenus), onJump },
    onReact: deeds.react,
    onReply: replying.reply,
    onView: view,
  });

  const typing = mountTyping(elements.typing, {
    ...{ words, getState },
    tell: () => options.socket.ask(typingRequest(getState().room)),
  });

  /** @param {Message} message */
  function isEditable(message) {
    return mayEdit(getState(), message, { limit: config.limits.edit, now: Date.now() });
  }

  async function loadMenus() {
    const { mountMenus } = await import("./actions.js");
    const { reply, edit } = replying;
    const { react, erase } = deeds;
    const { pin, clear, report } = orders;
    return mountMenus({
      ...{ words, times, overlays, getState },
      mayEdit: isEditable,
      deeds: {
        ...{ reply, edit, jump: onJump, react, pin, erase, clear, report },
        talkTo: options.rooms.talkTo,
      },
    });
  }

  /**
   * As `whenNeeded`; where it cannot be loaded, one is told so.
   * @template T
   * @param {() => Promise<T>} load
   */
  function orTold(load) {
    const needed = whenNeeded(load);
    return async () => {
      const loaded = await needed();
      if (loaded === null) options.tell(words.t("client.not_loaded"));
      return loaded;
    };
  }

  /** @type {Part | null} */
  let shown = null; // the viewer, once it is there
  const viewer = orTold(async () => {
    const { mountViewer } = await import("./files/viewer.js");
    const mounted = mountViewer({ words, times, getState, rest: byId("chat", HTMLElement) });
    shown = mounted;
    return mounted;
  });

  /**
   * Show a picture large, among those of the messages that the page has.
   * @param {string} file
   * @param {HTMLElement} opener
   */
  async function view(file, opener) {
    (await viewer())?.open(picturesIn(getState().messages), file, opener);
  }

  // What few look for is loaded with the first search.
  const openSearch = orTold(loadSearch);
  elements.search.addEventListener("click", openSearch);
  async function loadSearch() {
    const { mountSearch } = await import("./search.js");
    elements.search.removeEventListener("click", openSearch);
    const { ask } = options.socket;
    const takesFiles = config.limits.file > 0;
    const how = { words, times, overlays, getState, onJump, ask, takesFiles };
    const { nameOf } = options.rooms;
    mountSearch(elements.search, { ...how, nameOf, onFiles: showFiles });
  }

  const gallery = orTold(() => import("./files/gallery.js"));

  /**
   * All files of the room.
   * @param {HTMLElement} opener
   */
  async function showFiles(opener) {
    (await gallery())?.openGallery(opener, {
      ...{ words, times, overlays, onJump, ask: options.socket.ask },
      room: getState().room,
      onView: async (pictures, file) => (await viewer())?.open(pictures, file, opener),
    });
  }

  /** @param {string} text */
  function post(text) {
    typing.sent();
    const [files, ...more] = attaching.take();
    deeds.post(text, { quoted: replying.take(), files });
    for (const others of more) deeds.post("", { files: others });
  }

  /**
   * What somebody chose to do below a message that was not sent.
   * @param {string} name
   * @param {string} id
   */
  function act(name, id) {
    if (name === "retry") {
      options.dispatch({ type: "draftRetried", client_id: id });
      options.socket.send();
    } else {
      const failed = getState().outbox.find(({ client_id }) => client_id === id);
      options.dispatch({ type: "draftDiscarded", client_id: id });
      if (name !== "edit" || failed === undefined) return;
      composer.edit(failed.text);
      replying.restore(failed.quoted);
      attaching.restore(failed.files);
    }
  }

  /** What nobody needs to read and write. */
  const loadRest = whenNeeded(async () => {
    const { mountCopying } = await import("./copying.js");
    mountCopying(elements.rows);
  });

  /** Edit what one has said last, where it is stored and there is time. Whether it can be. */
  function recall() {
    const { messages, room, you } = getState();
    if (waiting(getState()).some((draft) => roomOf(draft) === room)) return false;
    const own = [...messages].reverse().find(({ user_id }) => user_id === you.id);
    if (own === undefined || !isEditable(own)) return false;
    replying.edit(own.id);
    return true;
  }

  /**
   * The reader turns from one room to another.
   * @param {string} from
   * @param {string} to
   */
  function turn(from, to) {
    replying.turn(from, to);
    attaching.turn(from, to);
    typing.sent();
    composer.turn(to);
  }

  /** @type {Part["update"]} */
  function update(state) {
    replying.update(state);
    typing.update(state);
    attaching.update(state);
    shown?.update(state);
  }

  return {
    ...{ post, recall, act, loadRest, typed: typing.typed, stop: replying.stop, turn, update },
    ...{ vote: deeds.vote, closePoll: deeds.closePoll },
  };
}
