// Says in words that the page does not run in this browser. In the language of 2009, so that
// every browser understands at least this.
"use strict";

// When all scripts are loaded, the page's own has run, or never will: a browser that does not
// know its syntax leaves it out without a word. WeakRef is what iOS 14.5 brought.
window.addEventListener("load", function tell() {
  var runs = window.lanchatRuns === true && "WeakRef" in window;
  var line = document.getElementById("too-old");
  if (line !== null) line.hidden = runs;
});
