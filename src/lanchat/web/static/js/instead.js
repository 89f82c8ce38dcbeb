// An own message that is edited stands in the composer's field in place of a new one, which waits
// aside, and where a draft is kept, until that is done.

/**
 * `put(text)` writes into the field, `onWrong(why)` says what was wrong, or "".
 * @param {HTMLTextAreaElement} field
 * @param {{ put: (text: string) => void, onWrong: (why: string) => void }} options
 */
export function mountInstead(field, { put, onWrong }) {
  /** @type {{ aside: string, mayBeEmpty: boolean, submit: (text: string) => Promise<string> } | null} */
  let current = null;
  /** @type {unknown} */
  let busy = null; // until the server has answered

  /**
   * Write this in place of a new message; `submit(text)` promises what was wrong with it, or "".
   * @param {string} text
   * @param {boolean} mayBeEmpty
   * @param {(text: string) => Promise<string>} submit
   */
  function begin(text, mayBeEmpty, submit) {
    current = { aside: current?.aside ?? field.value, mayBeEmpty, submit };
    put(text);
    field.focus();
    field.setSelectionRange(text.length, text.length);
  }

  /** Go on with the new message. */
  function release() {
    const text = current?.aside ?? field.value;
    current = null;
    onWrong("");
    put(text);
  }

  /**
   * What was written is done; whether it was in place of a message.
   * @param {string} text
   */
  function takes(text) {
    if (current === null) return false;
    const now = current;
    if (busy !== now) {
      busy = now;
      now.submit(text).then((wrong) => {
        busy = null;
        if (current === now) onWrong(wrong);
      });
    }
    return true;
  }

  return {
    ...{ begin, release, takes },
    is: () => current !== null,
    mayBeEmpty: () => current?.mayBeEmpty === true,
  };
}
