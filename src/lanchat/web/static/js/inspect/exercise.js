// Take the mask off by hand: four bytes are asked for, and each answer is checked bit by bit.

import { element, setText } from "../dom.js";
import { readByte, wrongBit } from "./bits.js";
import { letterOf } from "./fields.js";
import { bitsOf, hexOf } from "./digits.js";
import { section } from "./section.js";

const ASKED = 4;

/**
 * @param {Inspect.Read} read
 * @param {{ words: Words }} options
 */
export function drawExercise(read, { words }) {
  const form = element("form", "exercise");
  const check = element("button", "button button--soft", words.t("inspect.exercise.check"));
  const other = element("button", "button button--quiet", words.t("inspect.exercise.anew"));
  const rows = element("div", "exercise__rows");
  const result = element("p", "exercise__result");
  check.type = "submit";
  check.id = "exercise-check";
  other.type = "button";
  result.id = "exercise-result";
  result.setAttribute("role", "status");
  form.noValidate = true;
  form.autocomplete = "off";
  form.append(rows, element("div", "exercise__acts", check, other), result);

  /** @type {ReturnType<typeof makeQuestion>[]} */
  let questions = [];

  function ask() {
    const { length } = read.payload;
    const count = Math.min(ASKED, length);
    const first = Math.floor(Math.random() * (length - count + 1));
    questions = Array.from({ length: count }, (_, i) => makeQuestion(read, first + i, words));
    rows.replaceChildren(...questions.map(({ root }) => root));
    setText(result, "");
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const wrong = questions.filter((question) => !question.check());
    wrong[0]?.field.focus();
    const text = questions.map(({ letter }) => letter).join("");
    result.classList.toggle("exercise__result--right", wrong.length === 0);
    setText(
      result,
      wrong.length === 0
        ? words.t("inspect.exercise.right", { text })
        : words.count("inspect.exercise.wrong", wrong.length),
    );
  });
  other.addEventListener("click", () => {
    ask();
    questions[0]?.field.focus();
  });
  ask();
  const hint = element("p", "part__hint", words.t("inspect.exercise.hint"));
  return section("frame-exercise", words.t("inspect.exercise"), hint, form);
}

/**
 * @param {Inspect.Read} read
 * @param {number} place
 * @param {Words} words
 */
function makeQuestion({ payload, plain, head }, place, words) {
  const wire = payload[place];
  const key = head.key?.[place % 4] ?? 0;
  const right = plain[place];
  const field = element("input", "exercise__field");
  const said = element("p", "exercise__said");
  field.id = `exercise-${place}`;
  field.maxLength = 10;
  field.spellcheck = false;
  field.autocapitalize = "off";
  field.setAttribute("aria-label", words.t("inspect.exercise.byte", { place: place + 1 }));
  field.setAttribute("aria-describedby", `exercise-${place}-said`);
  field.dataset.place = String(place);
  said.id = `exercise-${place}-said`;
  const sum = element(
    "div",
    "exercise__sum",
    operand(wire, "wire"),
    "⊕",
    operand(key, "key"),
    "=",
    field,
  );
  const name = element(
    "p",
    "exercise__name",
    words.t("inspect.exercise.byte", { place: place + 1 }),
  );
  const root = element("div", "exercise__row", name, sum, said);

  /** Whether it is right; where it is not, why. */
  function check() {
    const answer = readByte(field.value);
    const bit = answer === null ? -1 : wrongBit(answer, right);
    field.setAttribute("aria-invalid", String(bit !== 0));
    root.classList.toggle("exercise__row--right", bit === 0);
    if (field.value === "") setText(said, "");
    else if (bit < 0) setText(said, words.t("inspect.exercise.unreadable"));
    else if (bit === 0) setText(said, `✓ ${bitsOf(right)} = ${hexOf(right)} = ${letterOf(right)}`);
    else {
      const [a, b] = [bitsOf(wire)[bit - 1], bitsOf(key)[bit - 1]];
      const sums = { bit, a, b, made: bitsOf(right)[bit - 1], yours: bitsOf(answer ?? 0) };
      setText(said, words.t("inspect.exercise.bit", sums));
    }
    return bit === 0;
  }

  return { root, field, check, letter: letterOf(right) };
}

/**
 * @param {number} byte
 * @param {string} field
 */
function operand(byte, field) {
  const node = element("span", "exercise__operand", element("b", "", hexOf(byte)), bitsOf(byte));
  node.dataset.field = field === "wire" ? "payload" : "key";
  return node;
}
