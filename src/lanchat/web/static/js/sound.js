// A short sound of two notes, without a file. Browsers let a page sound only after it was touched.

const NOTES = [
  { hertz: 660, at: 0 },
  { hertz: 880, at: 0.12 },
];
const SECONDS = 0.18; // of one note
const LOUDNESS = 0.15;

/** @type {AudioContext | null} */
let audio = null;

/**
 * From the first touch or key on, sounds may be heard.
 * @param {EventTarget} page
 */
export function wakeSound(page) {
  for (const touch of ["pointerdown", "keydown"]) {
    page.addEventListener(touch, () => wake(), { once: true, passive: true });
  }
}

export function playNotes() {
  const to = wake();
  if (to === null || to.state !== "running") return;
  for (const { hertz, at } of NOTES) {
    const from = to.currentTime + at;
    const note = new OscillatorNode(to, { frequency: hertz });
    const loudness = new GainNode(to, { gain: LOUDNESS });
    loudness.gain.setValueAtTime(LOUDNESS, from);
    loudness.gain.exponentialRampToValueAtTime(0.001, from + SECONDS);
    note.connect(loudness).connect(to.destination);
    note.start(from);
    note.stop(from + SECONDS);
  }
}

function wake() {
  try {
    audio ??= new AudioContext();
    if (audio.state === "suspended") audio.resume();
  } catch {
    return null; // there is no way to sound here
  }
  return audio;
}
