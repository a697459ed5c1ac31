// Runs in a page before its own scripts: `painted` is when twelve charts are on the screen, in ms since the page was asked for.
globalThis.painted = new Promise((resolve) => {
  // The reference says when it has drawn; ours are in the HTML, and whole when what follows their plots is there.
  const isDrawn = () => globalThis.drawnMs > 0 || document.querySelectorAll(".dj-plot + .dj-x").length === 12;
  const frame = new MessageChannel();
  const look = () => {
    if (!isDrawn()) return requestAnimationFrame(look);
    globalThis.drawnMs ??= performance.now();
    // A message arrives when the frame that is being made has been painted.
    frame.port2.postMessage("");
  };
  frame.port1.onmessage = () => {
    const madeMs = performance.now();
    new PerformanceObserver((list) => {
      const [first] = list.getEntriesByName("first-contentful-paint");
      if (first === undefined) return;
      // Where all was drawn before the first frame with content was made, that one's time is known to the point.
      resolve(first.paintTime >= globalThis.drawnMs ? first.startTime : Math.max(madeMs, first.startTime));
    }).observe({ type: "paint", buffered: true });
  };
  requestAnimationFrame(look);
});
