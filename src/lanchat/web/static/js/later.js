// What nobody needs to read and write: alerts and settings. It is loaded once people and messages
// are there, or when it is asked for.

import { byId } from "./dom.js";
import { keptAwake, whenNeeded } from "./page.js";

/**
 * `alerts` are there after a while, or null where they cannot be loaded.
 * @param {{
 *   words: Words,
 *   overlays: Overlays,
 *   room: string,
 *   ownName: () => string,
 *   tell: (text: string) => void,
 *   onLoad: () => void,
 * }} options
 */
export function mountLater({ words, overlays, room, ownName, tell, onLoad }) {
  const at = (/** @type {string} */ id) => byId(id, HTMLElement);
  const alerts = whenNeeded(async () => {
    const { mountAlerts } = await import("./alerts.js");
    const sound = byId("sound", HTMLSelectElement);
    const controls = {
      sound,
      system: at("notifications"),
      why: at("notifications-why"),
      loud: at("loud"),
    };
    return mountAlerts(controls, { words, name: room });
  });
  const settings = whenNeeded(async () => {
    const { mountSettings } = await import("./settings.js");
    mountSettings({ words, ownName, onDone: overlays.close });
  });

  overlays.mountOpener(at("open-settings"), at("settings"), async () => {
    const loaded = await Promise.all([settings(), alerts()]);
    const complete = !loaded.includes(null);
    if (!complete) tell(words.t("client.not_loaded"));
    return complete;
  });

  /**
   * What a host has announced sounds.
   * @param {{ id: number, seq: number }} announced
   * @param {readonly Quoted[]} [pins]
   */
  async function announce({ id, seq }, pins = []) {
    const message = pins.find((pin) => pin.id === id);
    (await alerts())?.announced(seq, message);
  }

  function load() {
    alerts();
    onLoad();
    if (keptAwake.load() === "on") settings();
  }

  return { alerts, announce, load };
}
