// Sec-WebSocket-Accept, step by step as the server computes it, and once more here where the browser
// lets a page compute SHA-1.

import { copyText } from "../clipboard.js";
import { element, icon, setText } from "../dom.js";
import { commandFor, hexOfBase64, paired } from "./heads.js";
import { section } from "./section.js";

/** @typedef {NonNullable<Inspect.Line.Handshake["accept"]>} Accept */

/**
 * `sent` is what the server has answered.
 * @param {Accept} accept
 * @param {string} sent
 * @param {Words} words
 */
export function drawAccept(accept, sent, words) {
  const { key, guid, joined, sha1, base64 } = accept;
  const steps = element("ol", "accept");
  const mark = (/** @type {string} */ text, /** @type {string} */ part) => {
    const node = element("code", "accept__value", text);
    node.dataset.head = part;
    return node;
  };
  const both = element("span", "accept__joined", mark(key, "key"), mark(guid, "guid"));
  const same = words.t(base64 === sent ? "inspect.accept.same" : "inspect.accept.differs");
  steps.append(
    step(words.t("inspect.accept.key"), mark(key, "key"), mark(paired(hexOfBase64(key)), "hex")),
    step(words.t("inspect.accept.guid"), both),
    step(words.t("inspect.accept.sha1"), mark(paired(sha1), "hex")),
    step(
      words.t("inspect.accept.base64"),
      mark(base64, "accept"),
      element("p", "accept__same", same),
    ),
  );
  return section(
    "handshake-accept",
    words.t("inspect.accept"),
    steps,
    terminal(joined, words),
    here(accept, words),
  );
}

/**
 * @param {string} says
 * @param {Node[]} values
 */
function step(says, ...values) {
  return element("li", "accept__step", element("p", "accept__says", says), ...values);
}

/**
 * @param {string} joined
 * @param {Words} words
 */
function terminal(joined, words) {
  const command = commandFor(joined);
  const copy = element(
    "button",
    "button button--soft",
    icon("copy"),
    words.t("inspect.accept.copy"),
  );
  const result = element("span", "accept__copied");
  result.setAttribute("role", "status");
  copy.type = "button";
  copy.addEventListener("click", async () => {
    const done = await copyText(command);
    setText(result, words.t(done ? "inspect.accept.copied" : "inspect.accept.not_copied"));
  });
  const line = element("pre", "pieces__text", command);
  line.tabIndex = 0;
  const says = element("p", "accept__says", words.t("inspect.accept.terminal"));
  return element("div", "accept__way", says, line, copy, " ", result);
}

/**
 * @param {Accept} accept
 * @param {Words} words
 */
function here({ key, guid, base64 }, words) {
  const root = element("div", "accept__way");
  if (!window.isSecureContext || !window.crypto.subtle) {
    root.append(element("p", "accept__says", words.t("inspect.accept.insecure")));
    return root;
  }
  const form = element("form", "accept__form");
  const label = element("label", "accept__says", words.t("inspect.accept.here"));
  const field = element("input", "field__input accept__field");
  const compute = element("button", "button button--soft", words.t("inspect.accept.compute"));
  const result = element("p", "accept__result");
  field.id = "accept-key";
  label.htmlFor = field.id;
  field.value = key;
  field.spellcheck = false;
  field.autocomplete = "off";
  compute.type = "submit";
  compute.id = "accept-compute";
  result.id = "accept-result";
  result.setAttribute("role", "status");
  form.append(field, compute);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const digest = await digested(field.value.trim() + guid);
    const isSame = digest === base64;
    const code = element("code", "accept__value", digest);
    code.dataset.head = "accept";
    const says = words.t(isSame ? "inspect.accept.same" : "inspect.accept.changed");
    result.replaceChildren(code, " ", says);
  });
  root.append(label, form, result);
  return root;
}

/** @param {string} text */
async function digested(text) {
  const bytes = await crypto.subtle.digest("SHA-1", new TextEncoder().encode(text));
  return btoa(String.fromCharCode(...new Uint8Array(bytes)));
}
