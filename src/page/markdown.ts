import sanitizeHtml from "sanitize-html";
import { type Safe, trustMarkup } from "../chart/safe.ts";
import { createMarkdownParser, type TextBudget } from "./markdown-parser.ts";

/** Turns a text panel's words into markup; undefined when that would take more than there is. */
export type Markdown = (text: string, budget: TextBudget) => Safe | undefined;

/**
 * Creates the converter of CommonMark with tables. HTML in a text is shown as text; images are left
 * out, because fetching one tells its server who reads; links go to http, https and mailto only.
 * The result passes a sanitizer's allow-list besides, so that a fault of the parser does no harm.
 */
export function createMarkdown(): Markdown {
  const parse = createMarkdownParser();
  return (text, budget) => {
    const markup = parse(text, budget);
    return markup === undefined ? undefined : trustMarkup(sanitizeHtml(markup, allowed).trim());
  };
}

const allowed: sanitizeHtml.IOptions = {
  allowedTags: [
    ...["p", "br", "hr", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol", "li", "pre", "code"],
    ...["strong", "em", "s", "a", "table", "thead", "tbody", "tr", "th", "td"],
  ],
  allowedAttributes: { a: ["href", "title", "rel"], ol: ["start"] },
  allowedSchemes: ["http", "https", "mailto"],
  allowProtocolRelative: false,
  transformTags: {
    // The page's own headings are h1 and h2: a text's begin below them.
    h1: "h3",
    h2: "h4",
    a: (tagName, { href = "", title }) => ({
      tagName,
      attribs: { ...(absolute.test(href) && { href }), ...(title !== undefined && { title }), rel },
    }),
  },
};

/** A path would lead to a page of whoever shows the dashboard. */
const absolute = /^(https?|mailto):/i;
const rel = "noopener noreferrer nofollow";
