import type { DefinitionFile, LocatedProblem } from "./read-definition.ts";
import type { Terminal } from "./terminal.ts";

/** Returns problems in the order of a file's lines. */
export function sortProblems(problems: readonly LocatedProblem[]): readonly LocatedProblem[] {
  return problems.toSorted((one, other) => one.line - other.line || one.column - other.column);
}

/** Says one problem as compilers do, so that editors find the place: `file:line:column: path: what`. */
export function problemToLine(
  { path }: Pick<DefinitionFile, "path">,
  { line, column, field, description }: LocatedProblem,
  { paint }: Pick<Terminal, "paint">,
): string {
  const place = paint("bold", `${path}:${line}:${column}:`);
  return field === "" ? `${place} ${description}` : `${place} ${paint("cyan", field)}: ${description}`;
}

/** Tells people the problems of a file that keep it from being worked with. */
export function sayProblems(
  file: Pick<DefinitionFile, "path">,
  problems: readonly LocatedProblem[],
  { say }: Pick<Terminal, "say">,
): void {
  // Standard error has no colour: it may go elsewhere than results.
  for (const problem of sortProblems(problems)) say(problemToLine(file, problem, { paint: (_, words) => words }));
}

/** Returns a problem as JSON output has it. */
export function problemToJson({ field, description, line, column }: LocatedProblem) {
  return { field, description, line, column };
}
