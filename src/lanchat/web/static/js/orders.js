// What is ordered by a command, a menu or a click: asked about where a slip would be a pity, carried
// out by the server, and told.

import { helpOn } from "./commands.js";
import { element } from "./dom.js";
import { isHost } from "./moderation.js";
import { whenNeeded } from "./page.js";
import { plain } from "./people.js";
import { isOfUse, mayUse } from "./rooms/permissions.js";
import { LOBBY } from "./rooms/views.js";
import { inOwnZone } from "./words.js";

/**
 * `confirmed(question, deed)` promises whether it was meant, `send(name, text, person)` the
 * server's answer; `tell(text)` says what came of it, `rerender()` that the host's menu is there.
 * @param {{ field: HTMLElement, opener: HTMLElement }} elements the composer's, and of that menu
 * @param {{
 *   words: Words, times: Times, overlays: Overlays, commands: readonly Command[],
 *   getState: () => State, confirmed: (question: string, deed: string) => Promise<boolean>,
 *   send: (name: string, text: string, person?: string) => Promise<Wire.Answer<"host_command"> | null>,
 *   tell: (text: string) => void, rerender: () => void, takesFiles: boolean,
 *   rooms: {
 *     enter: (id: string) => void,
 *     open: (opener: HTMLElement) => void, shareOut: (opener: HTMLElement) => void,
 *   },
 *   ask: ReturnType<typeof import("./socket.js").openSocket>["ask"],
 * }} options
 */
export function mountOrders({ field, opener }, options) {
  const { words, times, overlays, commands, getState, confirmed, send, tell, rerender } = options;
  const { takesFiles, rooms, ask } = options;
  /** @type {Part | null} */
  let menu = null;

  /** The commands that this user may use where they are. */
  function usable() {
    const state = getState();
    return commands.filter((one) => mayUse(state, one) && isOfUse(state, one));
  }

  /**
   * Let the server carry out a command; what was wrong with it, or "".
   * @param {string} name
   * @param {string} text
   * @param {string} [person]
   */
  async function command(name, text, person) {
    const known = commands.find((one) => one.name === name);
    if (known === undefined) return words.t("client.unknown_command", { name });
    if (!mayUse(getState(), known)) return words.t("client.host_command", { name });
    if (name === "help") return showHelp();
    if (person === undefined && !(await isMeantAsTyped(known, text))) return "";
    const { toldCount } = getState();
    const answer = await send(name, text, person);
    // What everybody was told meanwhile need not be said twice.
    if (answer?.ok && getState().toldCount === toldCount) tell(inOwnZone(answer.message, times));
    if (answer?.ok && answer.room !== undefined) rooms.enter(answer.room);
    return answer?.ok
      ? ""
      : inOwnZone(answer?.error.message ?? words.t("client.no_connection"), times);
  }

  /**
   * What a host chose beside somebody's name.
   * @param {string} name
   * @param {Member} member
   */
  async function moderate(name, { id, name: person }) {
    if (await isSure(name, { name: person })) tell(await command(name, "", id));
  }

  /**
   * All that somebody has said, as a host chose beside a message of theirs.
   * @param {User} person
   */
  async function clear({ id, name }) {
    const question = words.t("client.sure.clear_person", { name });
    if (await confirmed(question, words.t("client.action.clear"))) {
      tell(await command("clear", "", id));
    }
  }

  /**
   * @param {number} id
   * @param {boolean} on
   */
  async function pin(id, on) {
    tell(await command(on ? "pin" : "unpin", String(id)));
  }

  /**
   * Show the hosts what was said in private.
   * @param {number} id
   */
  async function report(id) {
    const meant = await confirmed(words.t("rooms.sure_report"), words.t("rooms.do_report"));
    if (meant) tell(await command("report", String(id)));
  }

  /**
   * @param {string} name
   * @param {Params} [params]
   */
  async function isSure(name, params) {
    const known = commands.find((one) => one.name === name);
    return known?.asks ? await isMeant(name, params) : true;
  }

  /**
   * A line is asked about as its click is; where it says more than the name, in its own words.
   * @param {Command} known
   * @param {string} text
   */
  function isMeantAsTyped({ name, grave, asks, menu: beside }, text) {
    // The main room has no end: there it is a poll that is closed.
    if (name === "close" && getState().room === LOBBY) return true;
    if (grave) return text === "" ? isMeant(name) : isMeantInItsWords(name, text);
    if (!asks || beside === null || text === "") return true;
    const person = getState().members.find((member) => plain(member.name) === plain(text));
    if (person !== undefined) return isMeant(name, { name: person.name });
    return isMeantInItsWords(name, text);
  }

  /**
   * @param {string} name
   * @param {string} text
   */
  function isMeantInItsWords(name, text) {
    const question = words.t("client.sure.line", { line: `/${name} ${text}` });
    return confirmed(question, words.t("client.action.line"));
  }

  /**
   * @param {string} name
   * @param {Params} [params]
   */
  function isMeant(name, params) {
    return confirmed(words.t(`client.sure.${name}`, params), words.t(`client.action.${name}`));
  }

  /** The commands that one can use, in a card above the field. */
  function showHelp() {
    const title = element("h2", "overlay__title", words.t("client.help"));
    const card = element("section", "overlay overlay--help", title, helpOn(usable()));
    card.setAttribute("role", "dialog");
    card.setAttribute("aria-label", words.t("client.help"));
    document.body.append(card);
    overlays.open(card, field, () => card.remove());
    return "";
  }

  async function showPollForm() {
    const form = await loadPollForm();
    if (form === null) tell(words.t("client.not_loaded"));
    else await form.openPollForm(opener, { words, times, overlays, room: getState().room, ask });
  }
  const loadPollForm = whenNeeded(() => import("./polls/form.js"));

  /** The host's menu, which few need. */
  const loadMenu = whenNeeded(async () => {
    const { mountHosting } = await import("./hosting.js");
    menu = mountHosting(opener, {
      words,
      overlays,
      commands,
      takesFiles,
      rooms,
      onCommand: async (name, text) => tell(await command(name, text)),
      onPoll: showPollForm,
    });
    rerender();
  });

  /** @type {Part["update"]} */
  function update(state) {
    if (isHost(state) && menu === null) loadMenu();
    menu?.update(state);
  }

  return { usable, command, moderate, clear, pin, report, update };
}
