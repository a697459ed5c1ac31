import type { Part } from "./corpus.ts";

/** As much of a text as helps whoever reads it. */
const maxChars = 700;

/** Cuts a text for a report, and says how long it was. Control characters are written as escapes. */
export function shorten(text: string): string {
  const start = text.length <= maxChars ? text : `${text.slice(0, maxChars)}... (${text.length} characters)`;
  return start.replace(/[^\P{C}\n\t]/gu, (char) => `\\u{${char.codePointAt(0)!.toString(16)}}`);
}

/** Writes a body for a report, without making the big ones. */
export function shownParts(parts: readonly Part[], fill: (text: string) => string): string {
  return shorten(parts.map((part) => shownPart(part, fill)).join(""));
}

function shownPart(part: Part, fill: (text: string) => string): string {
  if (typeof part === "string") return fill(part);
  if ("hex" in part) return shownBytes(part.hex);
  if ("repeat" in part) return `<${part.n} x ${JSON.stringify(part.repeat)}>`;
  if ("cycle" in part) return `<${part.n} x ${JSON.stringify(part.cycle)}>`;
  return "gzip" in part ? `<gzip of ${shownParts(part.gzip, fill)}>` : `<brotli of ${shownParts(part.brotli, fill)}>`;
}

/** What we filled in ourselves is text. */
function shownBytes(hex: string): string {
  const text = Buffer.from(hex, "hex").toString();
  return /^[\P{C}\s]*$/u.test(text) && !text.includes("\ufffd") ? text : `<hex ${hex.slice(0, maxChars)}>`;
}
