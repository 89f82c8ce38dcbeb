// The field one writes in: it grows, keeps its text through a reload, and sends on Enter.

import { makeBrake } from "./brake.js";
import { mountCompletion, readLine } from "./commands.js";
import { setText } from "./dom.js";
import { mountInstead } from "./instead.js";
import { isBlank } from "./text.js";

const WARN_BELOW = 200; // characters left from which on the reader is told

/**
 * Calls `onSend(text)`, and for a line that is a command `onCommand(name, text)`, which promises
 * "" or what was wrong; `names` are
 * those of all commands, `usable()` the commands that may be used, `people()` the names of whom they
 * can be about, `mentionable()` of whom one can mention; `draftIn(room)` keeps the text of each room, of which `room` is
 * shown at first. `onStop()` is the Escape key, `onRecall()` the upward one in
 * an empty field: whether they were for something. `onTyping()` is called as somebody types;
 * `hasFiles()` is whether files go along, which need no words.
 * @param {{
 *   form: HTMLFormElement, field: HTMLTextAreaElement, send: HTMLButtonElement,
 *   limitLine: HTMLElement, list: HTMLElement, box: HTMLElement, barred: HTMLElement,
 * }} elements
 * @param {{
 *   words: Words, limit: number, room: string,
 *   draftIn: (room: string) => ReturnType<typeof import("./page.js").keepDraft>,
 *   names: readonly string[], usable: () => readonly Command[],
 *   people: () => readonly string[], mentionable: () => readonly string[],
 *   onSend: (text: string) => void,
 *   onCommand: (name: string, text: string) => Promise<string>,
 *   onLeft: (left: Pick<Draft, "by" | "text">) => void,
 *   onStop: () => boolean, onRecall: () => boolean, onTyping: () => void, hasFiles: () => boolean,
 * }} options
 */
export function mountComposer(elements, options) {
  const { form, field, send, limitLine, list, box, barred } = elements;
  const { words, limit, draftIn, names, ...on } = options;
  let draft = draftIn(options.room);
  let silenced = ""; // why nothing can be sent
  let complaint = ""; // what was wrong with the last command
  const brake = makeBrake(limitLine, show);
  const instead = mountInstead(field, { put, onWrong: complain });
  const completion = mountCompletion({ field, list }, { ...options, onChoose: put });

  // Fast fingers may have typed before this script was there.
  if (field.value === "") field.value = draft.load();
  show();

  field.addEventListener("input", () => {
    save();
    complaint = "";
    show();
    completion.update();
    if (!instead.is() && !field.value.startsWith("/") && !isBlank(field.value)) on.onTyping();
  });
  field.addEventListener("keydown", (event) => {
    // While an input method composes, Enter chooses a character (229 is Safari's way to say so).
    const composing = event.isComposing || event.keyCode === 229;
    if (!composing && completion.takes(event)) {
      event.preventDefault();
      return;
    }
    const { key, shiftKey } = event;
    if (composing || shiftKey) return;
    const empty = field.value === "";
    if (key === "Enter") submit();
    else if (!(key === "Escape" && on.onStop()) && !(key === "ArrowUp" && empty && on.onRecall())) {
      return;
    }
    event.preventDefault();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
    field.focus();
  });
  // A tap on the button would take the focus, and with it a phone's keyboard.
  send.addEventListener("pointerdown", (event) => event.preventDefault());

  function submit() {
    const { name, text } = read();
    if (name !== null) {
      command(name, text);
      return;
    }
    if (
      isNothing(text, { instead, ...on }) ||
      lengthOf(text) > limit ||
      brake.left() > 0 ||
      silenced !== ""
    ) {
      return;
    }
    if (instead.takes(text)) return;
    put("");
    on.onSend(text);
  }

  /** What stands in the field; what is edited is no command. */
  function read() {
    return instead.is() ? { name: null, text: wanted() } : readLine(wanted(), names);
  }

  function save() {
    if (!instead.is()) draft.save(field.value);
  }

  /**
   * @param {string} name
   * @param {string} text
   */
  async function command(name, text) {
    const line = field.value;
    put("");
    complaint = await on.onCommand(name, text);
    // What was wrong can be put right, unless something else is being written by now.
    if (complaint !== "" && field.value === "") put(line);
    else show();
  }

  /**
   * @param {string} text
   * @param {number} [caret] where it stands from now on
   */
  function put(text, caret = text.length) {
    field.value = text;
    if (document.activeElement === field) field.setSelectionRange(caret, caret);
    save();
    show();
    completion.update();
  }

  /** The text as it would be sent: without empty lines around it. */
  function wanted() {
    return field.value.replace(/^(\s*\n)+/, "").trimEnd();
  }

  function show() {
    const { name, text } = read();
    const left = limit - lengthOf(text);
    const seconds = name === null ? Math.ceil(brake.left() / 1_000) : 0;
    send.disabled =
      name === null && (isNothing(text, { instead, ...on }) || left < 0 || seconds > 0);
    let line = "";
    if (complaint !== "") line = complaint;
    else if (seconds > 0) line = words.t(brake.why(), { seconds });
    else if (left < 0) line = words.count("client.too_long", -left);
    else if (left < WARN_BELOW) line = words.count("client.left_over", left);
    setText(limitLine, line);
    limitLine.classList.toggle("composer__limit--over", left < 0 || complaint !== "");
    field.setAttribute("aria-invalid", String(left < 0));
    field.style.height = "auto";
    field.style.height = `${field.scrollHeight}px`;
  }

  /**
   * Bring a text back for editing, before what is being written now.
   * @param {string} text
   */
  function edit(text) {
    const line = readLine(text, names).name === null ? text : ` ${text}`;
    put(field.value.trim() === "" ? line : `${line}\n${field.value}`);
    field.focus();
  }

  /**
   * Say in the field's place why nothing can be sent, or "" where it can; what is written stays.
   * @param {string} why
   */
  function silence(why) {
    if (why === silenced) return;
    const held = form.contains(document.activeElement);
    silenced = why;
    setText(barred, why);
    barred.hidden = why === "";
    box.hidden = why !== "";
    limitLine.hidden = why !== "";
    show();
    if (held) (why === "" ? field : barred).focus();
  }

  /** @param {string} why */
  function complain(why) {
    complaint = why;
    show();
  }

  return {
    /** What somebody else had begun to write, who is not logged in any more, leaves the field. */
    follow() {
      const left = draft.left();
      if (left === null) return;
      if (field.value === left.text) put("");
      on.onLeft(left);
    },
    /**
     * Go on with what one has begun to write in another room.
     * @param {string} room
     */
    turn(room) {
      draft = draftIn(room);
      complaint = "";
      put(draft.load());
    },
    ...{ edit, silence, focus: () => field.focus() },
    ...{ begin: instead.begin, release: instead.release, pause: brake.pause, show },
  };
}

/**
 * Whether there is nothing to be sent: no words, and no files that need none.
 * @param {string} text
 * @param {{ instead: ReturnType<typeof mountInstead>, hasFiles: () => boolean }} beside
 */
function isNothing(text, { instead, hasFiles }) {
  return isBlank(text) && !(instead.is() ? instead.mayBeEmpty() : hasFiles());
}

/**
 * Code points, as the server counts.
 * @param {string} text
 */
function lengthOf(text) {
  let length = 0;
  for (const _ of text) length += 1;
  return length;
}
