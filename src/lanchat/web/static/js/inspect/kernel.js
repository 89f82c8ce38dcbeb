// What the server's kernel knows of a TCP connection, each figure with what it is.

import { element, setText } from "../dom.js";

const MICRO = 1e-6;
const NAMES = /** @type {const} */ ([
  ...["rtt", "rtt_variance", "rto", "congestion_window"],
  ...["mss", "unacknowledged", "lost", "retransmissions"],
]);

/**
 * @param {HTMLElement} root
 * @param {{ words: Words, figures: Inspect.Figures }} options
 */
export function mountKernel(root, { words, figures }) {
  const none = element("p", "link__hint");
  const values = NAMES.map((name) => ({ name, value: element("dd", "kernel__value") }));
  const list = element(
    "dl",
    "kernel",
    ...values.map(({ name, value }) =>
      element(
        "div",
        "kernel__figure",
        element("dt", "kernel__name", words.t(`inspect.link.tcp.${name}`)),
        value,
        element("dd", "kernel__what", words.t(`inspect.link.tcp.${name}.what`)),
      ),
    ),
  );
  root.append(none, list);

  /**
   * @param {(typeof NAMES)[number]} name
   * @param {Inspect.Tcp} tcp
   */
  function textOf(name, tcp) {
    const value = tcp[name];
    if (name === "rtt" || name === "rto") return figures.time(value * MICRO);
    if (name === "rtt_variance") return `± ${figures.time(value * MICRO)}`;
    if (name === "mss") return words.count("inspect.bytes", value);
    const segments = words.count("inspect.link.segments", value);
    if (name !== "congestion_window") return segments;
    return `${segments} ≈ ${words.count("inspect.bytes", value * tcp.mss)}`;
  }

  /**
   * `isTold` is whether this server's system tells such figures at all.
   * @param {Inspect.Tcp | null | undefined} tcp
   * @param {boolean} isTold
   */
  function update(tcp, isTold) {
    list.hidden = !tcp;
    none.hidden = Boolean(tcp);
    setText(none, words.t(isTold ? "inspect.link.tcp_none_now" : "inspect.link.tcp_none"));
    if (!tcp) return;
    for (const { name, value } of values) setText(value, textOf(name, tcp));
  }

  return { update };
}
