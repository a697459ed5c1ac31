// Runs in the page, as an expression: what of its dashboards can hardly be told from what it stands on.
(() => {
  const context = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });

  /** Any CSS colour as red, green, blue and opacity, from 0 to 255. */
  const channels = (color) => {
    context.clearRect(0, 0, 1, 1);
    context.fillStyle = color;
    context.fillRect(0, 0, 1, 1);
    return [...context.getImageData(0, 0, 1, 1).data];
  };
  const luminance = ([red, green, blue]) => {
    const [r, g, b] = [red, green, blue].map((one) =>
      one / 255 <= 0.04 ? one / 3295 : ((one / 255 + 0.055) / 1.055) ** 2.4,
    );
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (color, other) => {
    const [low, high] = [luminance(color), luminance(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };

  const probe = document.body.appendChild(document.createElement("p"));
  probe.style.backgroundColor = "canvas";
  const canvas = channels(getComputedStyle(probe).backgroundColor);
  probe.remove();

  const isFlat = (color) => color[3] < 24 || Math.max(...[0, 1, 2].map((at) => Math.abs(color[at] - canvas[at]))) < 8;

  /** What shows values by its colour, and by which of its properties. */
  const marks = {
    "svg .dj-bar, .dj-fill, .dj-sheer, .dj-ring path, .dj-arc, .dj-track rect, .dj-arrow": ["fill"],
    "svg .dj-line, .dj-dots, .dj-dot, .dj-tiny, line.dj-threshold": ["stroke"],
    ".dj-key, .dj-cells i[class], .dj-steps i, .dj-live": ["backgroundColor", "backgroundImage"],
  };
  const faint = [];
  let count = 0;
  for (const [selector, names] of Object.entries(marks)) {
    for (const mark of document.querySelectorAll(selector.replaceAll(/(^|, )/g, "$1.dj "))) {
      if (!mark.checkVisibility()) continue;
      const style = getComputedStyle(mark);
      count += 1;
      const isSeen = names.some((name) =>
        name === "backgroundImage" ? style[name] !== "none" : !isFlat(channels(style[name])),
      );
      if (!isSeen)
        faint.push(`${mark.closest("[data-panel]")?.ariaLabel}: ${mark.getAttribute("class")}: ${style[names[0]]}`);
    }
  }
  for (const text of document.querySelectorAll(".dj svg text")) {
    if (!text.checkVisibility()) continue;
    count += 1;
    const ratio = contrast(channels(getComputedStyle(text).fill), canvas);
    if (ratio < 4.5) faint.push(`${text.closest("[data-panel]").ariaLabel}: ${text.textContent}: ${ratio.toFixed(1)}`);
  }
  return { count, faint: [...new Set(faint)], canvas };
})();
