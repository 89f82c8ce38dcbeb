// The dots themselves, on a canvas: all of a kind in one path, so that some thousands stay smooth.

import { isHere } from "./room.js";

const MOST_DENSE = 2; // pixels of the screen for one of the page's
const ROUND_FROM = 2.6; // pixels: what is smaller is drawn as a square, which nobody can tell from a circle
const LOST_AT = 0.5; // so far comes what goes to somebody whose network is gone
const COLOURS_EACH = 60; // pictures between two looks at the theme's colours

/**
 * Which role of the theme a kind has as its colour, and which shape.
 * @type {Readonly<Record<Classroom.What, readonly [role: string, shape: "round" | "small" | "diamond" | "square" | "tiny"]>>}
 */
const LOOKS = {
  message: ["--accent", "round"],
  copy: ["--code-name", "small"],
  ack: ["--code-string", "diamond"],
  ping: ["--code-number", "square"],
  pong: ["--code-number", "square"],
  other: ["--ink-faint", "tiny"],
};

/**
 * Where a lane is: from its outer end to the server.
 * @typedef {{ number: number, outer: number, inner: number, y: number }} Wire
 */

/** @param {HTMLCanvasElement} canvas */
export function mountDots(canvas) {
  const pen = canvas.getContext("2d");
  /** @type {Map<number, Wire>} */
  let wires = new Map();
  let size = 4;
  let dense = 1;
  let pictures = 0;
  let isBlank = true;
  /** @type {Record<string, string>} */
  let colours = {};

  /**
   * @param {readonly Wire[]} placed
   * @param {{ width: number, height: number, row: number }} stage
   */
  function place(placed, { width, height, row }) {
    wires = new Map(placed.map((wire) => [wire.number, wire]));
    dense = Math.min(MOST_DENSE, devicePixelRatio);
    size = Math.max(2.5, Math.min(7, row * 0.26));
    canvas.width = Math.round(width * dense);
    canvas.height = Math.round(height * dense);
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
    isBlank = true;
  }

  function readColours() {
    const style = getComputedStyle(canvas);
    const roles = Object.values(LOOKS).map(([role]) => role);
    colours = Object.fromEntries(roles.map((role) => [role, style.getPropertyValue(role)]));
  }

  /**
   * @param {readonly Classroom.Flight[]} flights
   * @param {Classroom.Room} room
   */
  function draw(flights, room) {
    if (pen === null || (isBlank && flights.length === 0)) return;
    if (pictures % COLOURS_EACH === 0) readColours();
    pictures += 1;
    pen.setTransform(dense, 0, 0, dense, 0, 0);
    pen.clearRect(0, 0, canvas.width, canvas.height);
    isBlank = flights.length === 0;
    const here = [...wires.values()].filter(({ number }) => {
      const lane = room.lanes[number];
      return lane !== undefined && isHere(lane);
    });
    for (const [what, [role, shape]] of Object.entries(LOOKS)) {
      const own = flights.filter((flight) => flight.what === what);
      if (own.length === 0) continue;
      pen.beginPath();
      for (const { from, place: done, lane } of own) {
        const some = lane === null ? here : [wires.get(lane)].filter((wire) => wire !== undefined);
        const way = from === "browser" ? done : 1 - done;
        for (const { number, outer, inner, y } of some) {
          const isLost = (room.lanes[number]?.again ?? 0) > 0;
          if (from === "server" && isLost && done > LOST_AT) continue;
          add(pen, shape, { x: outer + (inner - outer) * way, y, size });
        }
      }
      pen.fillStyle = colours[role];
      pen.fill();
    }
  }

  return { place, draw };
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {string} shape
 * @param {{ x: number, y: number, size: number }} where
 */
function add(pen, shape, { x, y, size }) {
  if (shape === "diamond") {
    pen.moveTo(x, y - size);
    pen.lineTo(x + size, y);
    pen.lineTo(x, y + size);
    pen.lineTo(x - size, y);
    pen.closePath();
  } else if (shape === "square") {
    pen.rect(x - size * 0.8, y - size * 0.8, size * 1.6, size * 1.6);
  } else {
    const radius = { round: size, small: size * 0.75 }[shape] ?? size * 0.5;
    if (radius < ROUND_FROM) {
      pen.rect(x - radius * 0.9, y - radius * 0.9, radius * 1.8, radius * 1.8);
      return;
    }
    pen.moveTo(x + radius, y);
    pen.arc(x, y, radius, 0, 2 * Math.PI);
  }
}
