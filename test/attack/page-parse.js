// Runs in the page, as an expression: a function that parses HTML and gives what `ParsedPage` has.
({ html, origin }) => {
  // What follows is lost where something before it is left open, or is one of its attributes.
  const end = html.lastIndexOf("</body>");
  const marked = end < 0 ? `${html}<i id="end"></i>` : `${html.slice(0, end)}<i id="end"></i>${html.slice(end)}`;
  const page = new DOMParser().parseFromString(marked, "text/html");
  const elements = [...page.querySelectorAll("*")];
  // Templates are documents of their own.
  for (const template of elements.filter((each) => each instanceof HTMLTemplateElement)) {
    elements.push(...template.content.querySelectorAll("*"));
  }
  const attributesOf = (element) => [...element.attributes];
  const isData = (element) => element.matches('script[type="application/json"]');
  const ownScripts = elements.filter(
    (element) =>
      element.localName === "script" &&
      `${element.getAttribute("src")}`.startsWith(`${origin}/assets/`) &&
      /^sha384-[\w+/]{64}$/.test(`${element.getAttribute("integrity")}`) &&
      element.textContent === "",
  );
  const addresses = /^(xlink:)?href$|^(form)?action$|^(src|srcset|srcdoc|poster|background|data|cite|ping|manifest)$/i;
  const tags = /^(iframe|frame|object|embed|applet|base|foreignobject|animate\w*|set|use)$/i;
  const isHarmful = (element) => {
    const { localName } = element;
    if (tags.test(localName)) return true;
    if (localName === "meta" && element.hasAttribute("http-equiv")) return true;
    if (localName === "script" && !isData(element) && element !== ownScripts[0]) return true;
    return attributesOf(element).some(({ name, value }) => {
      // As a browser reads an address: without spaces and control characters in front, and tabs within.
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
      const address = value.replace(/^[\u0000- ]+|[\t\n\r]/g, "").toLowerCase();
      return /^on/i.test(name) || (addresses.test(name) && /^(javascript|data|vbscript):/.test(address));
    });
  };
  const outlineOf = (element, whole) => {
    const names = attributesOf(element).map(({ name }) => name);
    const children = element instanceof HTMLTemplateElement ? element.content.children : element.children;
    const inner = !whole && element.classList.contains("dj-prose") ? [] : [...children];
    return `${element.localName}[${names.sort()}](${inner.map((child) => outlineOf(child, whole)).join()})`;
  };
  const texts = [];
  for (const root of [page, ...elements.flatMap((each) => (each instanceof HTMLTemplateElement ? each.content : []))]) {
    const walker = page.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      if (node.parentElement?.localName !== "script") texts.push(`${node.nodeValue}`);
    }
  }
  const isAfter = (node, other) =>
    other !== null &&
    (node.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0 &&
    !node.contains(other);
  return {
    outline: outlineOf(page.documentElement, false),
    wholeOutline: outlineOf(page.documentElement, true),
    words: [...texts, ...elements.flatMap((element) => attributesOf(element).map(({ value }) => value))],
    names: [
      ...new Set(
        elements.flatMap((element) => [
          element.localName,
          ...attributesOf(element).map(({ name }) => `${element.localName}[${name}]`),
        ]),
      ),
    ],
    harmful: elements.filter(isHarmful).map((element) => element.cloneNode(false).outerHTML.slice(0, 200)),
    islands: elements.filter(isData).map((element) => ({
      text: `${element.textContent}`,
      isFollowed: isAfter(element, page.getElementById("end")),
    })),
  };
};
