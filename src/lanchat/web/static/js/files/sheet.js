// The style of what is loaded with the first file, or the first look at one.

/** @type {Promise<unknown> | null} */
let loading = null;

/** Promises once it is there, or that it did not come. */
export function loadSheet() {
  loading ??= new Promise((done) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = new URL("../../css/page-files.css", import.meta.url).href;
    link.addEventListener("load", done);
    link.addEventListener("error", done);
    document.head.append(link);
  });
  return loading;
}
