// All of ESLint's rules, and beside each exception its reason. prettier decides about layout,
// TypeScript about types (tsconfig.json).

import js from "@eslint/js";
import compat from "eslint-plugin-compat";
import globals from "globals";

const EXCEPTIONS = {
  // Wider than they are by default.
  curly: ["error", "multi-line"], // a line that decides and acts needs no braces
  "func-style": ["error", "declaration", { allowArrowFunctions: true }],
  "id-length": ["error", { exceptions: ["a", "b", "i", "n", "t", "x", "y", "_"] }],
  "max-params": ["error", 4],
  "max-statements": ["error", 25], // a mount function holds others
  "no-empty-function": ["error", { allow: ["methods"] }], // an event that does not matter here
  "no-unused-vars": ["error", { varsIgnorePattern: "^_", argsIgnorePattern: "^_" }],
  "no-use-before-define": ["error", { functions: false, variables: false }], // what matters first
  "one-var": ["error", "never"],
  "prefer-destructuring": ["error", { VariableDeclarator: { object: true, array: false } }],
  "sort-imports": ["error", { ignoreCase: true, ignoreDeclarationSort: true }],

  // Against the way things are written here.
  camelcase: "off", // the wire's fields keep their names: client_id
  "capitalized-comments": "off", // "// milliseconds" beside a number is no sentence
  "init-declarations": "off", // a timer that does not run yet
  "max-lines-per-function": "off", // a mount function holds others
  "no-await-in-loop": "off", // the queue is sent in order, one message at a time
  "no-bitwise": "off", // a hash and a UUID are made of bits
  "no-continue": "off", // leaves the rest of a loop's body at one depth
  "no-inline-comments": "off", // a number's unit stands beside it
  "no-magic-numbers": "off", // 0, 1, 1_000; what has a meaning has a name
  "no-promise-executor-return": "off", // (done) => setTimeout(done, pause)
  "no-ternary": "off", // an expression that chooses says so best
  "no-undefined": "off", // what a Map has not, or at() beyond the end
  "prefer-named-capture-group": "off", // the patterns have one group or two
  "require-unicode-regexp": "off", // where letters beyond ASCII matter, the pattern has it
  "sort-keys": "off", // keys stand in the order of their meaning
};

export default [
  // The benchmarks' rivals are as their documentation has them.
  { ignores: [".venv/", "benchmarks/", "build/", "dist/"] },
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  js.configs.all,
  { rules: EXCEPTIONS },
  {
    files: ["src/lanchat/web/static/js/**/*.js"],
    ...compat.configs["flat/recommended"],
    languageOptions: { globals: globals.browser, ecmaVersion: 2021 },
    // The pages look whether these are there.
    settings: { polyfills: ["navigator.wakeLock", "Notification"] },
    rules: {
      ...compat.configs["flat/recommended"].rules,
      // The syntax is that of ES2021, but for this: iOS has it since 16.4.
      "no-restricted-syntax": ["error", "Literal[regex.pattern=/\\(\\?<[=!]/]"],
    },
  },
  {
    // What is built, and libraries: whether the oldest browsers can read it, and nothing else.
    files: ["src/lanchat/web/built/**", "src/lanchat/web/static/vendor/**"],
    languageOptions: { ecmaVersion: 2021 },
    linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: "off" },
    rules: Object.fromEntries(Object.keys(js.configs.all.rules).map((name) => [name, "off"])),
  },
  {
    files: ["src/lanchat/web/static/js/theme.js"], // a plain script, before the first paint
    languageOptions: { sourceType: "script" },
    rules: { strict: ["error", "global"] },
  },
  {
    files: ["src/lanchat/web/static/js/floor.js"], // for browsers of any age
    languageOptions: { sourceType: "script", ecmaVersion: 5 },
    rules: {
      strict: ["error", "global"],
      "no-var": "off",
      "prefer-arrow-callback": "off",
      "vars-on-top": "off",
    },
  },
  {
    files: ["tests/js/*.mjs"],
    languageOptions: { globals: globals.nodeBuiltin },
    rules: { "no-script-url": "off" }, // what must not become a link
  },
];
