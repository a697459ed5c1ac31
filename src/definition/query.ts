import { fault } from "../errors/fault.ts";
import type { Binding } from "./filter-value.ts";
import { type Clause, matchBrackets, splitClauses } from "./query-clauses.ts";
import { lexQuery, type Mark } from "./query-lexer.ts";

/** A query taken apart at its placeholders and optional clauses. */
export type QueryTemplate = {
  /** The whole text in order, cut where optional clauses begin and end. */
  readonly clauses: readonly Clause[];
  /** The names of its placeholders, each once, in order of appearance. */
  readonly placeholders: readonly string[];
  /** The line, from 1, on which each placeholder appears first. */
  readonly lines: ReadonlyMap<string, number>;
};

/** A query that was read, or what is wrong with it and on which line. */
export type QueryReading =
  | { readonly template: QueryTemplate; readonly problem?: never }
  | { readonly template?: never; readonly problem: string };

/**
 * Reads one statement with `:name` placeholders and optional `[[ ]]` clauses. A bracket pair within
 * a bracket pair is an optional clause when it holds a placeholder, and a list of a list when not;
 * `[ [:a] ]` is how to write the list that would be taken for a clause. Semicolons at the end are
 * dropped, so that a source may wrap the statement. Throws INVALID_DEFINITION for more than one
 * statement or none, for what is not closed, nested clauses, other parameters than `:name`, and
 * names that differ only in case, which DuckDB takes for one.
 */
export function parseQuery(text: string): QueryTemplate {
  const { template, problem } = readQuery(text);
  if (problem !== undefined) throw fault("INVALID_DEFINITION", `the query cannot be read: ${problem}`);
  return template;
}

/**
 * Returns the statement, and the names that occur in it, in order. Optional clauses go when the binding
 * has null, or nothing, for a placeholder in them.
 *
 * @param write how the dialect has a placeholder, by its name and its place among the names, from 0; the
 * default is DuckDB's `$name`
 */
export function bindQuery(
  template: QueryTemplate,
  binding: Binding,
  write: (name: string, at: number) => string = (name) => `$${name}`,
): { sql: string; names: readonly string[] } {
  const isSet = (name: string) => (binding[name] ?? null) !== null;
  const kept = template.clauses.filter(({ optional, names }) => !optional || names.every(isSet));
  const names = [...new Set(kept.flatMap((clause) => clause.names))];
  const places = new Map(names.map((name, at) => [name, at]));
  const toSql = ({ pieces }: Clause) =>
    pieces.map((piece) => (typeof piece === "string" ? piece : write(piece.name, places.get(piece.name)!))).join("");
  return { sql: kept.map(toSql).join(" "), names };
}

/** Reads a query as `parseQuery` does, and returns what is wrong with it instead of throwing. */
export function readQuery(text: string): QueryReading {
  const lexed = lexQuery(text);
  if ("problem" in lexed) return problemAt(text, lexed.at, lexed.problem);
  const { marks, codeEnd } = lexed;
  if (codeEnd === 0) return { problem: "there is no statement" };
  const second = marks.find((mark) => mark.kind === "semicolon" && mark.at < codeEnd);
  if (second !== undefined) return problemAt(text, second.at, "only one statement is allowed");
  const partners = matchBrackets(marks);
  if (typeof partners === "number") return problemAt(text, partners, "a square bracket has no partner");
  const lines = placeholderLines(text, marks);
  const folded = new Set([...lines.keys()].map((name) => name.toLowerCase()));
  if (folded.size < lines.size) return { problem: "two placeholders differ only in case" };
  const clauses = splitClauses(text, marks, partners);
  if (typeof clauses === "number") return problemAt(text, clauses, "an optional clause stands in another one");
  return { template: { clauses, placeholders: [...lines.keys()], lines } };
}

function problemAt(text: string, at: number, problem: string): QueryReading {
  return { problem: `line ${text.slice(0, at).split("\n").length}: ${problem}` };
}

function placeholderLines(text: string, marks: readonly Mark[]): Map<string, number> {
  const lines = new Map<string, number>();
  let line = 1;
  let from = 0;
  for (const mark of marks) {
    if (mark.kind !== "placeholder") continue;
    line += text.slice(from, mark.at).split("\n").length - 1;
    from = mark.at;
    if (!lines.has(mark.name)) lines.set(mark.name, line);
  }
  return lines;
}
