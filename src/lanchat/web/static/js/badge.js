// How many messages are not read, where a tab shows it: in its title and on its picture.

const SIZE = 64; // pixels of the picture's side
const MOST = 99;

/**
 * @param {HTMLLinkElement} icon
 * @param {string} title
 */
export function makeBadge(icon, title) {
  const plain = icon.href;
  const picture = new Image();
  picture.src = plain;
  let shown = 0;

  /** @param {number} count */
  return (count) => {
    document.title = count > 0 ? `(${count}) ${title}` : title;
    if (count === shown) return;
    shown = count;
    icon.href = (count > 0 && picture.complete && drawn(picture, count)) || plain;
  };
}

/**
 * The picture with a count in its corner, or "" where it cannot be drawn.
 * @param {HTMLImageElement} picture
 * @param {number} count
 */
function drawn(picture, count) {
  const canvas = document.createElement("canvas");
  canvas.width = SIZE;
  canvas.height = SIZE;
  const pen = canvas.getContext("2d");
  if (pen === null) return "";
  pen.drawImage(picture, 0, 0, SIZE, SIZE);
  const radius = SIZE * 0.3;
  pen.fillStyle = "#b3261e";
  pen.beginPath();
  pen.arc(SIZE - radius, SIZE - radius, radius, 0, 2 * Math.PI);
  pen.fill();
  pen.fillStyle = "#fff";
  pen.font = `bold ${count > 9 ? radius : radius * 1.4}px sans-serif`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillText(count > MOST ? "99" : String(count), SIZE - radius, SIZE - radius);
  try {
    return canvas.toDataURL();
  } catch {
    return ""; // a browser against fingerprints gives no pictures away
  }
}
