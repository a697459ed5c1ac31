/** What moves a terminal's cursor, sets its title or turns the order of words around: no text needs it but tab and line end. */
const unprintable = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;

/** The styles that `styleText` writes for us, which do nothing but colour. */
const ownStyle = new RegExp(`(${String.fromCodePoint(0x1b)}\\[(?:1|2|22|31|32|33|36|39)m)`);

/**
 * Returns a text as a terminal can show it: what would steer the terminal is written out, such as `\u001b`. Much of what
 * is printed came from a service, and in definitions from whoever wrote them.
 *
 * @param keepsStyle whether our own colours are left
 */
export function toPlainText(text: string, keepsStyle = false): string {
  if (!keepsStyle) return text.replace(unprintable, writeOut);
  const parts = text.split(ownStyle);
  // Every other part is what was split at.
  return parts.map((part, index) => (index % 2 === 1 ? part : part.replace(unprintable, writeOut))).join("");
}

/** Returns a value as JSON on one line that a terminal can show, and that reads back as the same. */
export function toPlainJson(value: unknown): string {
  return JSON.stringify(value).replace(unprintable, writeOut);
}

function writeOut(character: string): string {
  if (character === "\n" || character === "\t") return character;
  return `\\u${character.codePointAt(0)!.toString(16).padStart(4, "0")}`;
}
