// Which properties and selectors of the style sheets the oldest browsers lack (browserslist in
// package.json). What is left out here costs nothing where it is missing, or has a replacement.

const HARMLESS = [
  "css-containment", // a hint: without it layout takes longer
  "css-focus-visible", // alone in its rule: else the browser's own outline is seen
  "css-overflow-anchor", // what it switches off is missing as well
  "css-overscroll-behavior", // else a list that is at its end scrolls the page
  "css-resize", // phones have no handle to resize by
  "css-scroll-behavior", // likewise
  "text-size-adjust", // for browsers that enlarge text in landscape
  "viewport-unit-variants", // dvh: beside vh, and position: fixed in css/chat.css
];

export default {
  ignoreFiles: ["src/lanchat/web/built/**"], // has no comments that except a line
  plugins: ["stylelint-no-unsupported-browser-features"],
  rules: {
    "plugin/no-unsupported-browser-features": [
      true,
      { severity: "error", ignorePartialSupport: true, ignore: HARMLESS },
    ],
  },
};
