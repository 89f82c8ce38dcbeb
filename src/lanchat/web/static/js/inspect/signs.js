// The sign of a layer: a letter in its colour.

import { element } from "../dom.js";

const LAYERS = ["TCP", "HTTP", "WebSocket", "Engine.IO", "Socket.IO"];

/** @param {Inspect.Layer} layer */
export function layerName(layer) {
  return LAYERS.find((name) => name.startsWith(layer)) ?? "";
}

/** @param {Inspect.Layer} layer */
export function layerSign(layer) {
  const sign = element("abbr", "sign", layer);
  sign.dataset.layer = layer;
  sign.title = layerName(layer);
  return sign;
}
