/** A text of a datasource that stands for a filter's value, or for itself. */
export type ValueTemplate = { readonly name: string } | { readonly text: string };

/** As a query's placeholder. */
const placeholder = /^:[A-Za-z][A-Za-z0-9_]{0,63}$/;

/**
 * Reads `:name` as a filter's value, `::rest` as the text `:rest`, and every other text as itself.
 * Returns undefined where a colon begins what is neither.
 */
export function readValueTemplate(text: string): ValueTemplate | undefined {
  if (!text.startsWith(":")) return { text };
  if (text.startsWith("::")) return { text: text.slice(1) };
  return placeholder.test(text) ? { name: text.slice(1) } : undefined;
}
