// The handshake of a connection: both heads, and how the answer is computed.

import { element } from "../dom.js";

/**
 * @param {HTMLElement} root
 * @param {Inspect.ViewOptions} options
 * @returns {Inspect.View}
 */
export function mountHandshake(root, { words }) {
  root.append(element("p", "", words.t("inspect.handshake.none")));
  return { update() {} };
}
