// Runs in a page before its own scripts: `painted` is when twelve charts were painted, in ms since the page was asked for.
globalThis.painted = new Promise((resolve) => {
  // The reference counts its charts; ours are in the HTML, and whole when what follows their plots is there.
  const countDrawn = () => globalThis.drawnCharts ?? document.querySelectorAll(".dj-plot + .dj-x").length;
  const look = () => {
    // A message arrives when the frame that is being made has been painted.
    if (countDrawn() === 12) frame.port2.postMessage("");
    else requestAnimationFrame(look);
  };
  const frame = new MessageChannel();
  frame.port1.onmessage = () => {
    // There is none yet where style sheets are still waited for.
    const isPainted = performance.getEntriesByName("first-contentful-paint").length > 0;
    if (isPainted) resolve(performance.now());
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
});
