// Runs in the page, as an expression: what a reader could not read of its dashboards, in words.
(() => {
  /** Less than this is how browsers round. */
  const slackPx = 1.5;

  const isShown = (element) =>
    element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) &&
    !element.closest(".dj-sr, script, template, title, desc, caption.dj-sr");

  /** As it is seen: the text of a drawing would grow and shrink with it. */
  const sizePx = (element) => {
    const size = Number.parseFloat(getComputedStyle(element).fontSize);
    const scale = element instanceof SVGGraphicsElement ? element.getScreenCTM().d : 1;
    return Math.round(size * scale * 100) / 100;
  };

  const overlap = (a, b) => ({
    left: Math.max(a.left, b.left),
    top: Math.max(a.top, b.top),
    right: Math.min(a.right, b.right),
    bottom: Math.min(a.bottom, b.bottom),
  });
  const widthOf = ({ left, right }) => right - left;
  const heightOf = ({ top, bottom }) => bottom - top;
  const isNothing = (box) => widthOf(box) <= 0 || heightOf(box) <= 0;

  /** The boxes of a text, line by line, without the room above and below its letters that no letter has. */
  const linesOf = (node) => {
    const range = document.createRange();
    range.selectNodeContents(node);
    return [...range.getClientRects()]
      .filter(({ width }) => width > 0)
      .map(({ left, top, right, bottom }) => {
        const spare = (bottom - top) * 0.14;
        return { left, top: top + spare, right, bottom: bottom - spare };
      });
  };

  /** How an ancestor cuts what it holds: not at all, by scrolling, or for good, with or without saying so. */
  const cutterOf = (element) => {
    const { overflowX, overflowY, textOverflow, webkitLineClamp } = getComputedStyle(element);
    if (element instanceof SVGElement) return undefined;
    return {
      box: element.getBoundingClientRect(),
      across:
        overflowX === "visible"
          ? "no"
          : /auto|scroll/.test(overflowX)
            ? "scrolls"
            : textOverflow === "ellipsis"
              ? "says"
              : "cuts",
      down:
        overflowY === "visible"
          ? "no"
          : /auto|scroll/.test(overflowY)
            ? "scrolls"
            : webkitLineClamp !== "none"
              ? "says"
              : "cuts",
    };
  };

  const overflowing = [];
  const cut = [];
  const overlapping = [];
  const empty = [];
  const small = new Set();
  let count = 0;

  const told = (text) => JSON.stringify(text.trim().replaceAll(/\s+/g, " ").slice(0, 40));

  /** What is left of a line after its ancestors within a region have cut it; notes what is cut unsaid. */
  const seenOf = (line, chain, name) => {
    let seen = line;
    for (const { box, across, down } of chain) {
      if (across === "cuts" && (box.left - seen.left > slackPx || seen.right - box.right > slackPx)) {
        cut.push(`${name} by ${Math.round(Math.max(box.left - seen.left, seen.right - box.right))} px across`);
      }
      if (down === "cuts" && (box.top - seen.top > slackPx || seen.bottom - box.bottom > slackPx)) {
        cut.push(`${name} by ${Math.round(Math.max(box.top - seen.top, seen.bottom - box.bottom))} px down`);
      }
      const left = across === "no" ? seen.left : Math.max(seen.left, box.left);
      const right = across === "no" ? seen.right : Math.min(seen.right, box.right);
      const top = down === "no" ? seen.top : Math.max(seen.top, box.top);
      const bottom = down === "no" ? seen.bottom : Math.min(seen.bottom, box.bottom);
      // An ellipsis needs a letter or two before it.
      if (across === "says" && seen.right > box.right + slackPx && right - left < 16 && right - left < widthOf(seen)) {
        cut.push(`${name} to ${Math.round(right - left)} px`);
      }
      seen = { left, top, right, bottom };
      if (isNothing(seen)) return undefined;
    }
    return seen;
  };

  const read = (region, name) => {
    const texts = [];
    const walker = document.createTreeWalker(region, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const element = node.parentElement;
      if (node.data.trim() === "" || !isShown(element)) continue;
      count += 1;
      if (sizePx(element) < 11) small.add(`${name}: ${told(node.data)}: ${sizePx(element)} px`);
      const chain = [];
      for (let up = element; up !== region.parentElement; up = up.parentElement) {
        const cutter = cutterOf(up);
        if (cutter && (cutter.across !== "no" || cutter.down !== "no")) chain.push(cutter);
      }
      const isScrolled = chain.some(({ across, down }) => across === "scrolls" || down === "scrolls");
      for (const line of linesOf(node)) {
        const seen = seenOf(line, chain, `${name}: ${told(node.data)}`);
        if (!seen) continue;
        const edge = region.getBoundingClientRect();
        const out = Math.max(
          edge.left - seen.left,
          edge.top - seen.top,
          seen.right - edge.right,
          seen.bottom - edge.bottom,
        );
        if (!isScrolled && out > slackPx) overflowing.push(`${name}: ${told(node.data)} by ${Math.round(out)} px`);
        texts.push({ node, seen });
      }
    }
    for (const [index, a] of texts.entries()) {
      for (const b of texts.slice(index + 1)) {
        if (a.node === b.node) continue;
        const both = overlap(a.seen, b.seen);
        if (widthOf(both) > slackPx && heightOf(both) > slackPx) {
          overlapping.push(
            `${name}: ${told(a.node.data)} and ${told(b.node.data)} by ${Math.round(widthOf(both))} x ${Math.round(heightOf(both))} px`,
          );
        }
      }
    }
    return texts;
  };

  /** Whether there is something to see below a panel's heading. */
  const showsSomething = (panel, texts) => {
    const head = panel.querySelector(".dj-head");
    if (texts.some(({ node }) => !head?.contains(node))) return true;
    return [...panel.querySelectorAll("svg, .dj-cells")].some((drawing) => {
      const { width, height } = overlap(drawing.getBoundingClientRect(), panel.getBoundingClientRect());
      return width > 40 && height > 20;
    });
  };

  for (const part of document.querySelectorAll(".dj-sheet-notice, .dj-sheet-foot")) read(part, part.className);
  for (const root of document.querySelectorAll(".dj")) {
    for (const part of root.querySelectorAll(".dj-header, .dj-footer")) read(part, part.className);
    for (const panel of root.querySelectorAll("[data-panel]")) {
      const name = panel.ariaLabel.slice(0, 40);
      const texts = read(panel, name);
      if (!showsSomething(panel, texts)) empty.push(name);
      for (const plot of panel.querySelectorAll(".dj-plot")) {
        const { width, height } = plot.getBoundingClientRect();
        if (plot.checkVisibility() && (width < 60 || height < 30))
          empty.push(`${name}: a plot of ${width} x ${height} px`);
      }
    }
  }
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth) overflowing.push(`the page by ${scrollWidth - clientWidth} px`);
  return { count, flaws: { small: [...small], overflowing, cut, overlapping, empty } };
})();
