// A picture on its stage: larger by the wheel, two fingers or a double tap, moved by one; a swipe
// leads to the next one, one downwards closes.

const MOST = 8;
const SWIPE = 60; // pixels
const TAP_WITHIN = 300; // milliseconds
const TAP_REACH = 30; // pixels

/**
 * @param {HTMLElement} stage
 * @param {HTMLElement} image
 * @param {{ onSwipe: (by: number) => void, onLeave: () => void }} options
 */
export function mountZoom(stage, image, { onSwipe, onLeave }) {
  /** @type {Map<number, { x: number, y: number }>} */
  const fingers = new Map();
  let [scale, x, y] = [1, 0, 0];
  let start = { x: 0, y: 0, many: false };
  let tapped = { x: 0, y: 0, time: 0 };

  stage.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      by(Math.exp(-event.deltaY / 300), event);
    },
    { passive: false },
  );
  stage.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    stage.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, pointOf(event));
    start = fingers.size > 1 ? { ...start, many: true } : { ...pointOf(event), many: false };
  });
  stage.addEventListener("pointermove", (event) => {
    const before = fingers.get(event.pointerId);
    if (before === undefined) return;
    const now = pointOf(event);
    const [other] = [...fingers].filter(([id]) => id !== event.pointerId).map(([, point]) => point);
    if (other !== undefined) {
      by(distance(now, other) / Math.max(1, distance(before, other)), middle(now, other));
    } else if (scale > 1) {
      [x, y] = [x + now.x - before.x, y + now.y - before.y];
      draw();
    }
    fingers.set(event.pointerId, now);
  });
  stage.addEventListener("pointerup", (event) => {
    const known = fingers.delete(event.pointerId);
    if (!known || fingers.size > 0 || start.many) return;
    const [right, down] = [event.clientX - start.x, event.clientY - start.y];
    const isTap = Math.hypot(right, down) < TAP_REACH / 3;
    if (isTap) tap(event);
    else if (scale > 1) tapped = { ...tapped, time: 0 };
    else if (Math.abs(right) > SWIPE && Math.abs(right) > Math.abs(down)) {
      onSwipe(right > 0 ? -1 : 1);
    } else if (down > 2 * SWIPE) onLeave();
  });
  stage.addEventListener("pointercancel", ({ pointerId }) => fingers.delete(pointerId));
  image.addEventListener("dragstart", (event) => event.preventDefault());

  /** @param {PointerEvent} event */
  function tap(event) {
    const { clientX, clientY, timeStamp } = event;
    const near = Math.hypot(clientX - tapped.x, clientY - tapped.y) < TAP_REACH;
    if (near && timeStamp - tapped.time < TAP_WITHIN) {
      if (scale > 1) reset();
      else by(2.5, event);
      tapped = { x: 0, y: 0, time: 0 };
      return;
    }
    tapped = { x: clientX, y: clientY, time: timeStamp };
    // Beside the picture it is a wish to leave.
    if (event.pointerType === "mouse" && !isOn(event)) onLeave();
  }

  /** @param {PointerEvent} event */
  function isOn({ clientX, clientY }) {
    const { left, right, top, bottom } = image.getBoundingClientRect();
    return clientX >= left && clientX <= right && clientY >= top && clientY <= bottom;
  }

  /**
   * So many times larger, around a point that stays where it is.
   * @param {number} factor
   * @param {{ clientX: number, clientY: number }} [point]
   */
  function by(factor, point) {
    const next = Math.min(MOST, Math.max(1, scale * factor));
    const { left, top, width, height } = stage.getBoundingClientRect();
    const fromX = point ? point.clientX - left - width / 2 : 0;
    const fromY = point ? point.clientY - top - height / 2 : 0;
    x = fromX - ((fromX - x) * next) / scale;
    y = fromY - ((fromY - y) * next) / scale;
    scale = next;
    draw();
  }

  /** No further than to the picture's edge. */
  function draw() {
    const slackX = Math.max(0, (image.offsetWidth * scale - stage.clientWidth) / 2);
    const slackY = Math.max(0, (image.offsetHeight * scale - stage.clientHeight) / 2);
    x = Math.min(slackX, Math.max(-slackX, x));
    y = Math.min(slackY, Math.max(-slackY, y));
    image.style.transform = `translate(${x}px, ${y}px) scale(${scale})`;
    stage.classList.toggle("viewer__stage--large", scale > 1);
  }

  function reset() {
    [scale, x, y] = [1, 0, 0];
    draw();
  }

  return { by, reset };
}

/** @param {PointerEvent} event */
function pointOf({ clientX, clientY }) {
  return { x: clientX, y: clientY };
}

/**
 * @param {{ x: number, y: number }} a
 * @param {{ x: number, y: number }} b
 */
function distance(a, b) {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

/**
 * @param {{ x: number, y: number }} a
 * @param {{ x: number, y: number }} b
 */
function middle(a, b) {
  return { clientX: (a.x + b.x) / 2, clientY: (a.y + b.y) / 2 };
}
