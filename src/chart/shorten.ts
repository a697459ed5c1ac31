/**
 * Returns a text of at most so many characters (UTF-16 code units), with an ellipsis at its end
 * where it had more. No character is cut in two.
 */
export function shorten(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  return `${text.slice(0, maxChars - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}
