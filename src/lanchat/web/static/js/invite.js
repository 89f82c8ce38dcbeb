// The address to share: as a QR code, in letters, and with a copy button.

import { copyText } from "./clipboard.js";
import { byId, element } from "./dom.js";
import { LOBBY } from "./rooms/views.js";

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
 * What is too narrow for an invitation breaks it between its parts, not within a number.
 * @param {Invite} invite
 */
export function breakable({ lanUrl, inviteUrl }) {
  const [, host, port = ""] = /^(.*?)(:\d+)?$/.exec(lanUrl) ?? [];
  const [path, code = ""] = inviteUrl.slice(lanUrl.length).split("=");
  const parts = [host ?? lanUrl, port, code ? `${path}=` : path, code].filter(Boolean);
  return parts.flatMap((part, i) => (i === 0 ? [part] : [element("wbr"), part]));
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
 * The way in with its copy button, by the ids of the elements: in the popover (`invite`), or in an
 * empty room (`empty`).
 * @param {"invite" | "empty"} name
 * @param {{ words: Words }} options
 */
export function mountWayIn(name, { words }) {
  const at = (/** @type {string} */ part) => byId(`${name}-${part}`, HTMLElement);
  const address = at("address");
  const picture = byId(`${name}-code`, HTMLImageElement);
  const result = at("result");
  at("copy").addEventListener("click", async () => {
    result.textContent = words.t(
      (await copyText(address.textContent ?? "")) ? "client.copied" : "client.copy_failed",
    );
  });
  return mountInvite({ none: at("none"), way: at("way"), picture, address }, { write: breakable });
}

/**
 * The way in, large, where nothing was said yet.
 * @param {HTMLElement} room
 * @param {{ words: Words }} options
 */
export function mountEmptyRoom(room, options) {
  const way = mountWayIn("empty", options);

  /** @type {Part["update"]} */
  function update(state) {
    const { joined, messages, outbox } = state;
    const silent = messages.length + outbox.length === 0 && state.room === LOBBY;
    const empty = silent && (joined || !room.hidden);
    if (room.hidden === empty) room.hidden = !empty;
    if (empty) way.update(state);
  }

  return { update };
}
