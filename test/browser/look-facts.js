// Runs in a page, as an expression: how its dashboards look.
(() => {
  const roots = [...document.querySelectorAll(".dj")];
  const styleOf = (root, selector) => getComputedStyle(root.querySelector(selector));
  const shown = (element) => element.checkVisibility() && !element.closest(".dj-sr, template");

  /** What leaves the root sideways; what scrolls is meant to. */
  const sticksOut = (root) => {
    const edge = root.getBoundingClientRect();
    return [...root.querySelectorAll("*")]
      .filter((element) => shown(element) && !element.closest(".dj-scroll, .dj-prose"))
      .filter((element) => {
        const { left, right, width } = element.getBoundingClientRect();
        return width > 0 && (left < edge.left - 0.5 || right > edge.right + 0.5);
      })
      .map((element) => `${element.nodeName} ${element.getAttribute("class")}`);
  };

  /** What has more in it than it shows. */
  const cut = (root) =>
    [...root.querySelectorAll(".dj-panel, .dj-panel > .dj-scroll, .dj-panel > .dj-prose")]
      .filter(({ scrollHeight, clientHeight }) => scrollHeight > clientHeight + 1)
      .map((element) => element.getAttribute("class"));

  return roots.map((root) => ({
    widthPx: root.getBoundingClientRect().width,
    direction: getComputedStyle(root).direction,
    font: styleOf(root, "h1").fontFamily,
    svgFont: styleOf(root, "svg text").fontFamily,
    sizePx: styleOf(root, "h1").fontSize,
    radius: styleOf(root, ".dj-panel").borderTopLeftRadius,
    line: styleOf(root, ".dj-line.dj-s1, .dj-s1 .dj-line").stroke,
    link: styleOf(root, ".dj-prose a").color,
    ground: getComputedStyle(root).backgroundColor,
    text: styleOf(root, "h1").color,
    keys: [...new Set([...root.querySelectorAll(".dj-key")].map((key) => getComputedStyle(key).backgroundColor))]
      .length,
    sticksOut: sticksOut(root),
    cut: cut(root),
  }));
})();
