// Runs in a host page, as an expression: what a test asks of it.
(() => {
  /** What makes an element look as it does; what follows from these alone is left out. */
  const properties = `
    display position float clear box-sizing width height min-width max-width min-height max-height
    top right bottom left z-index transform rotate scale translate filter opacity visibility mix-blend-mode
    margin-top margin-right margin-bottom margin-left padding-top padding-right padding-bottom padding-left
    border-top-width border-right-width border-bottom-width border-left-width border-top-style border-bottom-style
    border-top-color border-bottom-color border-top-left-radius border-bottom-right-radius border-collapse border-spacing
    outline-style outline-width outline-color box-shadow background-color background-image clip-path
    overflow-x overflow-y text-overflow white-space-collapse text-wrap-mode overflow-wrap word-break hyphens
    color font-family font-size font-weight font-style font-variant-numeric font-feature-settings line-height
    letter-spacing word-spacing text-align text-indent text-transform text-decoration-line text-decoration-style
    text-shadow direction unicode-bidi writing-mode vertical-align list-style-type list-style-position quotes
    columns gap flex-direction flex-wrap flex-grow flex-shrink flex-basis align-items align-self justify-content
    grid-template-columns grid-auto-rows grid-column-start grid-column-end grid-row-end order table-layout
    cursor pointer-events appearance transition-duration animation-name color-scheme accent-color tab-size resize
    fill fill-opacity stroke stroke-width stroke-dasharray stroke-opacity stroke-linecap vector-effect text-anchor
    dominant-baseline paint-order d x y r rx cx
  `.match(/\S+/g);

  /** What means nothing to shapes and their words, which have neither box nor flow. */
  const isOfBoxes = (name) =>
    /^(display|float|clear|box-|min-|max-|margin|padding|border|text-(align|indent)|overflow)/.test(name);

  /** What a host may dress of an element besides itself. */
  const parts = ["::before", "::after", "::marker", "::first-letter", "::first-line", "::placeholder"];
  const partProperties = ["content", "display", "color", "font-size", "font-weight", "float", "margin-left", "width"];

  /** How an element is dressed, and where it stands in the dashboard. */
  const describe = (element, { left, top }) => {
    const box = element.getBoundingClientRect();
    const px = [box.left - left, box.top - top, box.width, box.height].map((one) => Math.round(one * 100) / 100);
    // What has no box is nowhere.
    const styles = { box: box.width + box.height === 0 ? "none" : px.join(" ") };
    const style = getComputedStyle(element);
    const isShape = element instanceof SVGElement && element.ownerSVGElement !== null;
    for (const name of properties) {
      if (!(isShape && isOfBoxes(name))) styles[name] = style.getPropertyValue(name);
    }
    for (const part of element instanceof SVGElement ? [] : parts) {
      if (part === "::marker" && style.display !== "list-item") continue;
      const partStyle = getComputedStyle(element, part);
      // One that is not there has no look, whatever its style.
      if (/before|after/.test(part) && /^(none|normal)$/.test(partStyle.content)) continue;
      for (const name of partProperties) styles[`${part} ${name}`] = partStyle.getPropertyValue(name);
    }
    return styles;
  };

  const digest = (styles) => {
    let hash = 0;
    for (const text of Object.values(styles)) {
      for (let index = 0; index < text.length; index++) hash = (Math.imul(hash, 31) + text.charCodeAt(index)) | 0;
    }
    return hash;
  };

  const nameOf = (element) => {
    const panel = element.closest("[data-panel]")?.ariaLabel ?? "page";
    return `${panel}: ${element.nodeName.toLowerCase()}.${element.getAttribute("class") ?? ""}`;
  };

  const elements = (selector) =>
    [...document.querySelectorAll(selector)].filter((element) => !element.closest("link, script, template"));

  return {
    /** A number for the style of each element, the same where it is the same. */
    digests(selector) {
      const found = elements(selector);
      const origin = found[0].getBoundingClientRect();
      return found.map((element) => digest(describe(element, origin)));
    },
    /** What stands behind one of those numbers. */
    describe(selector, index) {
      const found = elements(selector);
      return { name: nameOf(found[index]), styles: describe(found[index], found[0].getBoundingClientRect()) };
    },
    put(html) {
      const policy = globalThis.trustedTypes.createPolicy("host", { createHTML: (text) => text });
      document.querySelector("#slot").innerHTML = policy.createHTML(html);
    },
    ids: () => [...document.querySelectorAll(".dj, .dj *")].flatMap(({ id }) => (id === "" ? [] : [id])),
  };
})();
