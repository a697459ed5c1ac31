// Runs in the page, as an expression.
(() => {
  const hasText = (element) =>
    [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim() !== "");

  /** As it is seen: the text of a drawing grows and shrinks with it. */
  const sizePx = (element) => {
    const size = Number.parseFloat(getComputedStyle(element).fontSize);
    const scale = element instanceof SVGGraphicsElement ? element.getScreenCTM().d : 1;
    return Math.round(size * scale * 100) / 100;
  };

  const texts = [...document.querySelectorAll("body *")].filter(
    (element) =>
      !["SCRIPT", "title", "desc"].includes(element.nodeName) && hasText(element) && element.checkVisibility(),
  );
  return {
    overflowPx: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    texts: texts.length,
    smallTexts: texts
      .filter((element) => sizePx(element) < 11)
      .map((element) => `${element.textContent.trim().slice(0, 30)}: ${sizePx(element)} px`),
    fonts: [
      ...new Set(
        [...document.fonts]
          .filter(({ status }) => status !== "unloaded")
          .map(({ family, status }) => `${family.replaceAll('"', "")} ${status}`),
      ),
    ],
    usesFont: document.fonts.check("16px Inter"),
  };
})();
