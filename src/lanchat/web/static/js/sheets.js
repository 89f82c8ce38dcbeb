// The style of what is loaded later: with the first file, or with the second room.

/** @type {Map<string, Promise<unknown>>} */
const loading = new Map();

/**
 * Promises once it is there, or that it did not come.
 * @param {string} name of css/NAME.css
 */
export function loadSheet(name) {
  const known = loading.get(name);
  if (known !== undefined) return known;
  const link = document.createElement("link");
  const loaded = new Promise((done) => {
    link.addEventListener("load", done);
    link.addEventListener("error", done);
  });
  link.rel = "stylesheet";
  link.href = new URL(`../css/${name}.css`, import.meta.url).href;
  document.head.append(link);
  loading.set(name, loaded);
  return loaded;
}
