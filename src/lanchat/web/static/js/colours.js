// The colours of code. A worker finds them, loaded when there is code in a language that it knows:
// a message that is made to take it for ever costs nobody else anything. Where there is no such
// worker (Firefox before 114, iOS before 15), code has no colours.

const PATIENCE = 5_000; // milliseconds, loading included

/** @type {Record<string, string>} */
const OTHER_NAMES = {
  "c#": "java",
  "c++": "c",
  cpp: "c",
  cs: "java",
  dockerfile: "docker",
  golang: "go",
  javascript: "js",
  jsx: "js",
  kotlin: "java",
  makefile: "make",
  node: "js",
  perl: "pl",
  python: "py",
  python3: "py",
  rust: "rs",
  sh: "bash",
  shell: "bash",
  svg: "xml",
  tsx: "ts",
  typescript: "ts",
  yml: "yaml",
  zsh: "bash",
};
const KNOWN = new Set(
  (
    "asm bash c css csv diff docker go html http ini java js json lua make md pl py regex rs sql " +
    "toml ts xml yaml"
  ).split(" "),
);

/** @type {Worker | null} */
let worker = null;
let isBroken = false;
/** @type {Promise<unknown>} */
let last = Promise.resolve();

/**
 * The parts of a code, each with what it is; null where that is not known.
 * @param {string} text
 * @param {string} language
 * @returns {Promise<Token[] | null>}
 */
export async function tokensOf(text, language) {
  const name = Object.keys(OTHER_NAMES).includes(language) ? OTHER_NAMES[language] : language;
  if (!KNOWN.has(name)) return null;
  const before = last;
  const answer = before.then(() => ask(text, name));
  last = answer;
  return await answer;
}

/**
 * One at a time, so that it is known which one takes too long.
 * @param {string} text
 * @param {string} language
 * @returns {Promise<Token[] | null>}
 */
function ask(text, language) {
  return new Promise((done) => {
    if (isBroken) {
      done(null);
      return;
    }
    const asked = worker ?? start();
    const finish = (/** @type {Token[] | null} */ tokens) => {
      clearTimeout(timer);
      if (tokens === null) {
        asked.terminate();
        worker = null;
      }
      done(tokens);
    };
    const timer = setTimeout(() => finish(null), PATIENCE);
    asked.onmessage = ({ data }) => finish(data);
    asked.onerror = () => {
      isBroken = true;
      finish(null);
    };
    asked.postMessage({ text, language });
  });
}

function start() {
  worker = new Worker(new URL("highlighter.js", import.meta.url), { type: "module" });
  return worker;
}
