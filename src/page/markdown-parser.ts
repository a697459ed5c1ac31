import MarkdownIt, { type Token } from "markdown-it";
import type { Effort } from "../chart/effort.ts";

/** What a text may take: characters of markup, and work. */
export type TextBudget = { readonly roomChars: number; readonly effort: Effort };

/**
 * The most parts that a text may have: more than the densest table of 16 KiB has that somebody fills
 * in. One long row above thousands of short ones has ten times as many, because the parser fills each
 * up to its width.
 */
const maxTokens = 20_000;

/** What a part takes, from being read to being sanitized. */
const cellsPerToken = 4;

/**
 * Creates the parser of CommonMark with tables, which returns a text's markup, not yet sanitized;
 * undefined when that would take more than there is. HTML in a text is shown as text, and images are
 * left out.
 */
export function createMarkdownParser(): (text: string, budget: TextBudget) => string | undefined {
  const parser = new MarkdownIt({ html: false, linkify: false, typographer: false });
  parser.renderer.rules.image = () => "";
  // The parser has no bound of its own but 65,536 filled cells a table. Its states may be replaced.
  let count = () => {};
  parser.block.State = class extends parser.block.State {
    override push(type: string, tag: string, nesting: -1 | 0 | 1) {
      count();
      return super.push(type, tag, nesting);
    }
  };
  parser.inline.State = class extends parser.inline.State {
    override push(type: string, tag: string, nesting: -1 | 0 | 1) {
      count();
      return super.push(type, tag, nesting);
    }
  };
  return (text, { roomChars, effort }) => {
    let tokens = 0;
    count = () => {
      tokens += 1;
      if (tokens > maxTokens || !effort.take(cellsPerToken)) throw tooMany;
    };
    try {
      const parsed = parser.parse(text, {});
      return charsOf(parsed) > roomChars ? undefined : parser.renderer.render(parsed, parser.options, {});
    } catch (error) {
      if (error === tooMany) return undefined;
      throw error;
    }
  };
}

/** Ends the parsing of a text that has too many parts. */
const tooMany = new Error("the text has too many parts");

/**
 * Returns how many characters of a text's words and addresses its markup has. They may be far more
 * than the text's own: an address is written once, and stands at each of the links that refer to it.
 */
function charsOf(tokens: readonly Token[]): number {
  return tokens.reduce((sum, { content, attrs, children }) => {
    const attributes = (attrs ?? []).reduce((sum, [, value]) => sum + String(value).length, 0);
    return sum + attributes + (children === null ? content.length : charsOf(children));
  }, 0);
}
