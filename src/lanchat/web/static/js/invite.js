// The address to share: as a QR code, in letters, and with a copy button.

import { copyText } from "./clipboard.js";
import { element } from "./dom.js";

/**
 * The way in, or the words that there is none but on this computer. `write` makes of an invitation
 * what stands as the address.
 * @param {{
 *   none: HTMLElement, way: HTMLElement, picture: HTMLImageElement, address: HTMLElement,
 * }} elements
 * @param {{ write: (invite: Invite) => (Node | string)[] }} options
 */
export function mountInvite({ none, way, picture, address }, { write }) {
  let shown = "";
  let turn = 0;

  /** @type {Part["update"]} */
  function update({ invite }) {
    if (invite.inviteUrl === shown) return;
    shown = invite.inviteUrl;
    const open = opensElsewhere(shown);
    none.hidden = open;
    way.hidden = !open;
    if (!open) return;
    address.replaceChildren(...write(invite));
    // The server draws the one that holds; a browser asks again for another address only.
    picture.src = `invite.svg?${turn}`;
    turn += 1;
  }

  return { update };
}

/**
 * A narrow panel breaks a long invitation before its code, not within a word.
 * @param {Invite} invite
 */
export function breakable({ lanUrl, inviteUrl }) {
  return [lanUrl, element("wbr"), inviteUrl.slice(lanUrl.length)];
}

/**
 * Whether an address of the server means anything to other devices.
 * @param {string} url
 */
export function opensElsewhere(url) {
  const { hostname } = new URL(url);
  return hostname !== "localhost" && hostname !== "[::1]" && !hostname.startsWith("127.");
}

/**
 * The button that copies what stands as the address.
 * @param {{ address: HTMLElement, button: HTMLElement, result: HTMLElement }} elements
 * @param {{ words: Words }} options
 */
export function mountCopy({ address, button, result }, { words }) {
  button.addEventListener("click", async () => {
    const done = await copyText(address.textContent ?? "");
    result.textContent = words.t(done ? "client.copied" : "client.copy_failed");
  });
}
