// The way to raise one's hand. A room that wants none has a small button for it; all else is loaded
// where hands are up, or a host asks for them.

import { byId } from "./dom.js";
import { isHost } from "./moderation.js";
import { whenNeeded } from "./page.js";

const NARROW = "(max-width: 40rem)";

/**
 * Whether a guest has the large button: a host wants it, nobody but hosts can write, or a hand is up.
 * @param {Pick<State, "hands" | "rules">} state
 */
function isLarge({ hands, rules }) {
  return rules.hands === true || rules.readonly || hands.length > 0;
}

/**
 * `ask(request)` promises the server's answer, or null where none came; `alerts()` what sounds.
 * @param {{
 *   words: Words, times: Times, getState: () => State, tell: (text: string) => void,
 *   ask: ReturnType<typeof import("./socket.js").openSocket>["ask"],
 *   alerts: () => Promise<ReturnType<typeof import("./alerts.js").mountAlerts> | null>,
 * }} options
 */
export function mountHands(options) {
  const { words, getState, tell, ask } = options;
  const small = byId("add-hand", HTMLButtonElement);
  const narrow = matchMedia(NARROW);
  /** @type {Part | null} */
  let shown = null;
  /** @type {State["hands"] | null} */
  let known = null; // those that are no news

  const load = whenNeeded(async () => {
    const { mountRaised } = await import("./hands/raised.js");
    shown = mountRaised({ ...options, send, known: known ?? getState().hands });
    shown.update(getState());
  });

  small.addEventListener("click", () => send({ up: true }));
  narrow.addEventListener("change", () => update(getState()));

  /**
   * Raise or lower one's own hand; a host, those of others.
   * @param {Wire.Requests["hand"]["payload"]} payload
   */
  async function send(payload) {
    const answer = await ask(["hand", payload]);
    if (!answer?.ok) tell(answer?.error.message ?? words.t("client.no_connection"));
  }

  /** @param {State} state */
  function isOffered(state) {
    return state.joined && !isHost(state) && !isLarge(state);
  }

  /** The same as a choice of the composer's menu. */
  function items() {
    const item = { text: small.title, symbol: "hand", onChoose: () => send({ up: true }) };
    return isOffered(getState()) ? [item] : [];
  }

  /** @type {Part["update"]} */
  function update(state) {
    small.hidden = narrow.matches || !isOffered(state);
    if (shown === null) look(state);
    else shown.update(state);
  }

  /** @param {State} state */
  function look(state) {
    if (!state.joined) return;
    if (isLarge(state)) {
      known ??= state.hands;
      load();
    } else known = state.hands;
  }

  return { update, items };
}
