import type { FieldProblem } from "../errors/fault.ts";

/** Takes down one problem: the path of the field, and what is wrong. */
export type Report = (field: string, description: string) => void;

/** Enough to see what is wrong; the rest will show once these are mended. */
const maxProblems = 100;

/** Collects at most 100 problems; where there are more, the last one says so. */
export function createProblems(): { readonly report: Report; readonly list: () => readonly FieldProblem[] } {
  const problems: FieldProblem[] = [];
  return {
    report(field, description) {
      if (problems.length <= maxProblems) problems.push({ field, description });
    },
    list() {
      if (problems.length <= maxProblems) return problems;
      const more = { field: "", description: "there are more problems: mend these first" };
      return [...problems.slice(0, maxProblems - 1), more];
    },
  };
}
