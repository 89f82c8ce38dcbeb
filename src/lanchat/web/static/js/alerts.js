// Telling who looks elsewhere that somebody has spoken: a sound, a shake of the phone, and where the
// page came by https a message of the system. Which of these is the reader's choice, kept in this
// browser.

import { beginningOf } from "./copies.js";
import { setText } from "./dom.js";
import { gistOf } from "./gist.js";
import { keep, linkTo } from "./page.js";
import { roomOf } from "./rooms/views.js";
import { playNotes, wakeSound } from "./sound.js";
import { makeTurns, openChannel } from "./turns.js";

const SHAKE = 80; // milliseconds
const MOST_LETTERS = 200;

/**
 * `heard` is told of each message of somebody else as it comes in; `name` is the room's.
 * @param {Record<"system" | "why" | "loud", HTMLElement> & { sound: HTMLSelectElement }} controls
 * @param {{ words: Words, name: string }} options
 */
export function mountAlerts({ sound, system, why, loud }, { words, name }) {
  /** @type {Kept<string>} */
  const keptLevel = keep("localStorage", "lanchat.sound");
  /** @type {Kept<string>} */
  const keptSystem = keep("localStorage", "lanchat.notifications");
  /** @type {Kept<string>} */
  const keptLoud = keep("localStorage", "lanchat.announcements");
  const turns = makeTurns(openChannel());
  const can = window.isSecureContext && "Notification" in window;
  let notifies = false;

  sound.value = keptLevel.load() ?? "mentions";
  sound.addEventListener("change", () => {
    keptLevel.save(sound.value);
    if (sound.value !== "none") playNotes(); // this is how it sounds
  });
  wakeSound(document);
  loud.addEventListener("click", () => {
    const on = loud.getAttribute("aria-checked") !== "true";
    keptLoud.save(on ? "" : "off");
    loud.setAttribute("aria-checked", String(on));
    if (on) playNotes();
  });
  loud.setAttribute("aria-checked", String(keptLoud.load() !== "off"));

  system.addEventListener("click", async () => {
    if (!can) return;
    // Asked for here alone: a page that asks when it opens is refused for good.
    const asked = notifies ? "denied" : await Notification.requestPermission();
    show(asked === "granted");
    keptSystem.save(notifies ? "on" : "");
    setText(
      why,
      asked === "denied" && !notifies && Notification.permission === "denied"
        ? words.t("client.notifications_refused")
        : "",
    );
  });
  show(can && keptSystem.load() === "on" && Notification.permission === "granted");
  system.setAttribute("aria-disabled", String(!can));
  if (!can) setText(why, words.t("client.notifications_insecure"));

  /** @param {boolean} on */
  function show(on) {
    notifies = on;
    system.setAttribute("aria-checked", String(on));
  }

  /**
   * @param {Message} message
   * @param {{ concerns: boolean, reading: boolean, elsewhere: boolean }} how whether it names or
   *   answers the reader or is for them alone, whether they see it, and whether it is in another
   *   room: what is said there to all is no matter for a sound
   */
  async function heard(message, how) {
    const { id, user } = message;
    const matters = how.concerns || (sound.value === "all" && !how.elsewhere);
    if (how.reading) turns.pass(id);
    else if (matters && (await turns.take(id))) {
      if (sound.value !== "none") {
        playNotes();
        navigator.vibrate?.(SHAKE);
      }
      if (notifies) notify(`${user}: ${message.message || gistOf(message, words)}`, message);
    }
  }

  /**
   * A host has announced something, which sounds in one of the tabs, also where it is read.
   * @param {number} seq
   * @param {Quoted | undefined} message
   */
  async function announced(seq, message) {
    if (!(await turns.take(seq))) return;
    if (loud.getAttribute("aria-checked") === "true") {
      playNotes();
      navigator.vibrate?.(SHAKE);
    }
    if (notifies && document.hidden && message !== undefined) {
      notify(`${message.user}: ${message.message}`, message);
    }
  }

  /**
   * @param {string} text
   * @param {Pick<Message, "id" | "room">} message
   */
  function notify(text, message) {
    const body = beginningOf(text, MOST_LETTERS);
    const shown = new Notification(name, { body, tag: "lanchat" });
    shown.addEventListener("click", () => {
      window.focus();
      location.hash = linkTo(message.id, roomOf(message));
      shown.close();
    });
  }

  /**
   * Somebody is called; of several pages one sounds.
   * @param {number} call
   */
  async function ring(call) {
    if (sound.value !== "none" && (await turns.take(call))) playNotes();
  }

  return { heard, ring, announced };
}
