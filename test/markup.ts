/** An element of markup that is well-formed (see chart/well-formed.ts), such as a fragment of ours. */
export type Element = {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Elements and words, in their order. */
  readonly children: readonly (Element | string)[];
};

/** Reads markup of one root. Throws where it has none, or more. */
export function parseMarkup(markup: string): Element {
  const top: (Element | string)[] = [];
  const open: { readonly tag: string; readonly into: (Element | string)[] }[] = [{ tag: "", into: top }];
  for (const [, closed, opened, attributes = "", selfClosed, text] of markup.matchAll(token)) {
    const { into } = open.at(-1)!;
    if (text !== undefined) into.push(decode(text));
    else if (closed !== undefined) open.pop();
    else if (opened !== undefined) {
      const children: (Element | string)[] = [];
      into.push({ tag: opened, attributes: parseAttributes(attributes), children });
      if (selfClosed === "" && !voids.has(opened)) open.push({ tag: opened, into: children });
    }
  }
  const [root, more] = top;
  if (typeof root !== "object" || more !== undefined) throw new Error("the markup has not one root");
  return root;
}

/** Returns an element's classes. */
export function classesOf({ attributes }: Element): readonly string[] {
  return attributes.class?.split(" ") ?? [];
}

/** Returns the elements below one that a test passes, in the order of the markup; not those within another of them. */
export function findAll(element: Element, test: (element: Element) => boolean): readonly Element[] {
  return element.children.flatMap((child) => {
    if (typeof child === "string") return [];
    return test(child) ? [child] : findAll(child, test);
  });
}

const token = /<\/([a-z][a-z0-9]*)>|<([a-z][a-zA-Z0-9]*)((?: [a-zA-Z0-9-]+(?:="[^"<>]*")?)*)( ?\/?)>|([^<]+)/g;

const voids = new Set(["link", "meta", "br", "hr", "input"]);

function parseAttributes(text: string): Readonly<Record<string, string>> {
  const pairs = [...text.matchAll(/ ([a-zA-Z0-9-]+)(?:="([^"]*)")?/g)];
  return Object.fromEntries(pairs.map(([, name, value = ""]) => [name!, decode(value)]));
}

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };

function decode(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => entities[name]!);
}
