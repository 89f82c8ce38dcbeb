// The field one writes in: it grows, keeps its text through a reload, and sends on Enter.

import { setText } from "./dom.js";

const WARN_BELOW = 200; // characters left from which on the reader is told
const NOTICEABLE = 1_000; // milliseconds; a shorter pause needs no words

/** Calls `onSend(text)`; `draft` keeps the text ({load, save}). */
export function mountComposer({ form, field, send, limitLine }, { words, limit, draft, onSend }) {
  let pausedUntil = 0;
  let timer = null;

  // Fast fingers may have typed before this script was there.
  if (field.value === "") field.value = draft.load() ?? "";
  show();

  field.addEventListener("input", () => {
    draft.save(field.value);
    show();
  });
  field.addEventListener("keydown", (event) => {
    // While an input method composes, Enter chooses a character (229 is Safari's way to say so).
    const composing = event.isComposing || event.keyCode === 229;
    if (event.key !== "Enter" || event.shiftKey || composing) return;
    event.preventDefault();
    submit();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
    field.focus();
  });
  // A tap on the button would take the focus, and with it a phone's keyboard.
  send.addEventListener("pointerdown", (event) => event.preventDefault());

  function submit() {
    const text = wanted();
    if (text === "" || lengthOf(text) > limit || paused() > 0) return;
    put("");
    onSend(text);
  }

  function put(text) {
    field.value = text;
    draft.save(text);
    show();
  }

  /** The text as it would be sent: without empty lines around it. */
  function wanted() {
    return field.value.replace(/^(\s*\n)+/, "").trimEnd();
  }

  function show() {
    const text = wanted();
    const left = limit - lengthOf(text);
    const seconds = Math.ceil(paused() / 1_000);
    send.disabled = text.trim() === "" || left < 0 || seconds > 0;
    let line = "";
    if (seconds > 0) line = words.t("client.too_fast", { seconds });
    else if (left < 0) line = words.count("client.too_long", -left);
    else if (left < WARN_BELOW) line = words.count("client.left_over", left);
    setText(limitLine, line);
    limitLine.classList.toggle("composer__limit--over", left < 0);
    field.setAttribute("aria-invalid", String(left < 0));
    field.style.height = "auto";
    field.style.height = `${field.scrollHeight}px`;
  }

  /** Send nothing for so many milliseconds: count down, and keep what is written meanwhile. */
  function pause(milliseconds) {
    if (milliseconds < NOTICEABLE) return;
    pausedUntil = Math.max(pausedUntil, performance.now() + milliseconds);
    show();
    countDown();
  }

  function paused() {
    return Math.max(0, pausedUntil - performance.now());
  }

  function countDown() {
    clearTimeout(timer);
    timer = setTimeout(() => {
      // A screen reader says it once, not every second.
      limitLine.setAttribute("aria-live", paused() > 0 ? "off" : "polite");
      if (paused() > 0) countDown();
      show();
    }, paused() % 1_000 || 1_000);
  }

  /** Bring a text back for editing, before what is being written now. */
  function edit(text) {
    put(field.value.trim() === "" ? text : `${text}\n${field.value}`);
    field.focus();
  }

  return { edit, pause, focus: () => field.focus() };
}

/** Code points, as the host counts. */
function lengthOf(text) {
  let length = 0;
  for (const _ of text) length += 1;
  return length;
}
