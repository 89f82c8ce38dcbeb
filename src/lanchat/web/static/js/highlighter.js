// The worker of colours.js: finds the parts of a code, and loads the languages that it needs.

import { tokenizer } from "../vendor/highlight/tokenize.js";

addEventListener("message", async ({ data: { text, language } }) => {
  /** @type {Token[]} */
  const tokens = [];
  const steps = tokenizer(text, language, (part, type) => {
    if (part !== "") tokens.push([part, type ?? ""]);
  });
  for (let step = steps.next(); !step.done; step = steps.next(await grammar(step.value))) {
    // Each step names a language: one is often within another.
  }
  postMessage(tokens);
});

/** @param {string} name */
async function grammar(name) {
  try {
    return (await import(`../vendor/highlight/languages/${name}.js`)).default;
  } catch {
    return undefined; // that part has no colours
  }
}
