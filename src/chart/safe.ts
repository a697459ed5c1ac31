/**
 * Text that is markup already. Only `html` and `trustMarkup` make it, and it is the one thing that
 * `html` and the page templates let through unescaped.
 */
export class Safe {
  readonly #markup: string;

  constructor(markup: string) {
    this.#markup = markup;
  }

  /** How many characters it has, in UTF-16 code units. */
  get length(): number {
    return this.#markup.length;
  }

  toString(): string {
    return this.#markup;
  }
}

/** What may stand in markup: words and numbers are escaped, markup is kept, lists are joined. */
export type Content = string | number | Safe | readonly Content[];

/**
 * Writes markup: html`<p>${title}</p>`. Whatever is put in is escaped unless it is Safe, so that it
 * is right between tags and in quoted attributes, and nowhere else: not in scripts or styles. Line
 * breaks of the template itself are left out with the indentation that follows.
 * Throws on a number that is not finite and on anything that is not Content: such a thing is a
 * mistake of ours, and must never be drawn as "NaN" or "undefined".
 */
export function html(parts: TemplateStringsArray, ...contents: readonly Content[]): Safe {
  const own = unindentAll(parts);
  let markup = own[0]!;
  for (let index = 0; index < contents.length; index += 1) markup += contentToMarkup(contents[index]) + own[index + 1]!;
  return new Safe(markup);
}

/** Takes text as markup. Only for what our own code has made or a sanitizer has passed. */
export function trustMarkup(markup: string): Safe {
  return new Safe(markup);
}

/** Writes JSON for a script element, which no HTML parser can leave: what could end it is escaped. */
export function jsonToMarkup(value: unknown): Safe {
  const toHex = (char: string) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return new Safe(JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, toHex));
}

/** The empty markup: what is drawn where there is nothing to draw. */
export const nothing: Safe = new Safe("");

/** Returns content as markup, escaped as `html` promises. */
export function contentToMarkup(content: unknown): string {
  if (content instanceof Safe) return content.toString();
  if (typeof content === "string") return escapeText(content);
  if (typeof content === "number" && Number.isFinite(content)) return String(content);
  if (Array.isArray(content)) {
    let markup = "";
    for (const one of content) markup += contentToMarkup(one);
    return markup;
  }
  throw new TypeError("markup takes text, finite numbers and Safe only");
}

/** The parts of each template as they are written; a template's are the same object each time. */
const unindented = new WeakMap<TemplateStringsArray, readonly string[]>();

function unindentAll(parts: TemplateStringsArray): readonly string[] {
  let own = unindented.get(parts);
  if (own === undefined) {
    own = parts.map((part) => part.replace(/\n\s*/g, ""));
    unindented.set(parts, own);
  }
  return own;
}

const special = /[&<>"']|(?![\t\n\r])[\p{Cc}\ufffe\uffff]/gu;

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Escapes what has a meaning in markup, and replaces what no document may hold. */
function escapeText(text: string): string {
  return isPlain(text) ? text : escapeSpecial(text);
}

/** Whether there is surely nothing to escape: most text is so, and this is found fast. */
function isPlain(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    const isMarkup = code === 38 || code === 60 || code === 62 || code === 34 || code === 39;
    // Beyond are halves of pairs, which may be alone, and what no document may hold.
    if (code < 32 || isMarkup || (code >= 127 && code < 160) || code >= 0xd800) return false;
  }
  return true;
}

function escapeSpecial(text: string): string {
  return text.toWellFormed().replace(special, (char) => entities[char] ?? "\ufffd");
}
