import { readFileSync } from "node:fs";

/** A table: its headings, and its rows of cells as they are written. */
export type Table = { readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] };

/** A fenced block: its language, its text, and the text between the block before it and itself. */
export type Block = { readonly language: string; readonly text: string; readonly before: string };

/** What stands under one heading, up to the next heading of any level. */
export type Section = {
  readonly title: string;
  readonly tables: readonly Table[];
  readonly blocks: readonly Block[];
};

/** Reads a document of the project, whose path is given from the project's folder. */
export function readDocument(path: string): string {
  return readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
}

/** Splits a document at its headings. What looks like a heading inside a fenced block is none. */
export function parseSections(markdown: string): readonly Section[] {
  const sections: { title: string; lines: string[] }[] = [{ title: "", lines: [] }];
  let fenced = false;
  for (const line of markdown.split("\n")) {
    if (line.startsWith("```")) fenced = !fenced;
    const title = fenced ? undefined : /^#{1,6} (.+)$/.exec(line)?.[1];
    if (title === undefined) sections.at(-1)!.lines.push(line);
    else sections.push({ title, lines: [] });
  }
  return sections.map(({ title, lines }) => ({ title, tables: parseTables(lines), blocks: parseBlocks(lines) }));
}

/** Returns the anchor that GitHub gives to a heading. */
export function headingToAnchor(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^a-z0-9 _-]/g, "")
    .replaceAll(" ", "-");
}

/** Returns what stands in backticks. */
export function codesOf(text: string): readonly string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, code]) => code!);
}

/** Returns a cell's text without the addresses of its links and without backticks. */
export function plain(cell: string): string {
  return cell.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").replaceAll("`", "");
}

function parseTables(lines: readonly string[]): readonly Table[] {
  const tables: Table[] = [];
  for (const [index, line] of lines.entries()) {
    if (!/^\|(-+\|)+$/.test(line)) continue;
    const end = lines.findIndex((later, at) => at > index && !later.startsWith("|"));
    const rows = lines.slice(index + 1, end < 0 ? undefined : end).map(cellsOf);
    tables.push({ head: cellsOf(lines[index - 1]!), rows });
  }
  return tables;
}

/** Within a cell a bar is written with a backslash. */
function cellsOf(line: string): string[] {
  return line
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll("\\|", "|"));
}

function parseBlocks(lines: readonly string[]): readonly Block[] {
  return [...lines.join("\n").matchAll(/([\s\S]*?)^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, before, language, text]) => ({
    before: before!,
    language: language!,
    text: text!,
  }));
}
