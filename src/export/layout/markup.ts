import { Parser } from "htmlparser2";

/** An element of a fragment. */
export type Element = {
  readonly tag: string;
  readonly classes: ReadonlySet<string>;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly (Element | string)[];
};

type Growing = Element & { readonly children: (Element | string)[] };

/** Parses markup, and returns an element around it. Whatever it is, it is read somehow: there is no markup that fails. */
export function parseMarkup(markup: string): Element {
  const root = createElement("", {});
  const open: Growing[] = [root];
  const parser = new Parser(
    {
      onopentag(tag, attributes) {
        const element = createElement(tag, attributes);
        open.at(-1)!.children.push(element);
        open.push(element);
      },
      ontext(text) {
        const { children } = open.at(-1)!;
        const last = children.at(-1);
        if (typeof last === "string") children[children.length - 1] = last + text;
        else children.push(text);
      },
      onclosetag() {
        if (open.length > 1) open.pop();
      },
    },
    { lowerCaseTags: false, lowerCaseAttributeNames: false, recognizeSelfClosing: true },
  );
  parser.end(markup);
  return root;
}

function createElement(tag: string, attributes: Readonly<Record<string, string>>): Growing {
  const classes = new Set((attributes.class ?? "").split(" ").filter((name) => name !== ""));
  return { tag, classes, attributes, children: [] };
}

/** Returns the elements right below one. */
export function elementsOf({ children }: Element): Element[] {
  return children.filter((child) => typeof child !== "string");
}

/** Returns every element below one that has a class, in the order of the markup. */
export function findAll(element: Element, className: string): Element[] {
  return elementsOf(element).flatMap((child) => [
    ...(child.classes.has(className) ? [child] : []),
    ...findAll(child, className),
  ]);
}

/** Returns the first element below one that has a class. */
export function find(element: Element, className: string): Element | undefined {
  for (const child of elementsOf(element)) {
    const found = child.classes.has(className) ? child : find(child, className);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Returns the first element below one that is of a tag. */
export function findTag(element: Element, tag: string): Element | undefined {
  for (const child of elementsOf(element)) {
    const found = child.tag === tag ? child : findTag(child, tag);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Returns the words that are seen of an element, on one line. */
export function textOf(node: Element | string): string {
  return rawText(node)
    .replace(/[ \t\r\n]+/g, " ")
    .trim();
}

/** Returns the words that are seen of an element as they are written. */
export function rawText(node: Element | string): string {
  if (typeof node === "string") return node;
  if (isUnseen(node)) return "";
  return node.tag === "br" ? "\n" : node.children.map(rawText).join("");
}

/** Whether an element is only for ears, or for scripts. */
export function isUnseen({ tag, classes }: Element): boolean {
  return classes.has("dj-sr") || classes.has("dj-swap") || unseenTags.has(tag);
}

const unseenTags = new Set(["title", "script", "style", "template", "form", "link"]);

/** Returns the number of the class that starts so, such as 12 for `dj-w` of `dj-w12`. */
export function classNumber({ classes }: Element, start: string): number | undefined {
  for (const name of classes) {
    const number = name.startsWith(start) ? Number(name.slice(start.length)) : Number.NaN;
    if (Number.isInteger(number)) return number;
  }
  return undefined;
}
