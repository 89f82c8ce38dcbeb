// The field one writes in: it grows, keeps its text through a reload, and sends on Enter.

import { setText } from "./dom.js";

const WARN_BELOW = 200; // characters left from which on the reader is told

/** Calls `onSend(text)`; `draft` keeps the text ({load, save}). */
export function mountComposer({ form, field, send, limitLine }, { words, limit, draft, onSend }) {
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
    if (text === "" || lengthOf(text) > limit) return;
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
    send.disabled = text.trim() === "" || left < 0;
    let line = "";
    if (left < 0) line = words.count("client.too_long", -left);
    else if (left < WARN_BELOW) line = words.count("client.left_over", left);
    setText(limitLine, line);
    limitLine.classList.toggle("composer__limit--over", left < 0);
    field.setAttribute("aria-invalid", String(left < 0));
    field.style.height = "auto";
    field.style.height = `${field.scrollHeight}px`;
  }

  /** Bring a text back for editing, before what is being written now. */
  function edit(text) {
    put(field.value.trim() === "" ? text : `${text}\n${field.value}`);
    field.focus();
  }

  return { edit, focus: () => field.focus() };
}

/** Code points, as the host counts. */
function lengthOf(text) {
  let length = 0;
  for (const _ of text) length += 1;
  return length;
}
