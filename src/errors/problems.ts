import type { FieldProblem } from "./fault.ts";

/** Takes down one problem: the path of the field, and what is wrong. */
export type Report = (field: string, description: string) => void;

/** Enough to see what is wrong; the rest will show once these are mended. */
const maxProblems = 50;

/**
 * Bytes of all problems together. gRPC tells them in a trailer, as base64, and the smallest limit that a
 * common client has for all trailers is the 8 KiB of grpc-java.
 */
const maxBytes = 4 * 1024;

/** What a problem takes in google.rpc.BadRequest beside its text. */
const overheadBytes = 8;

/** Collects at most 50 problems of 4 KiB in all; where there are more, the last one says so. */
export function createProblems(): { readonly report: Report; readonly list: () => readonly FieldProblem[] } {
  const problems: FieldProblem[] = [];
  let bytes = 0;
  let full = false;
  return {
    report(field, description) {
      if (full) return;
      bytes += overheadBytes + Buffer.byteLength(field) + Buffer.byteLength(description);
      full = problems.length === maxProblems || bytes > maxBytes;
      if (!full) problems.push({ field, description });
    },
    list() {
      return full ? [...problems.slice(0, maxProblems - 1), more] : problems;
    },
  };
}

/** Returns the problems, as many as `createProblems` takes. */
export function capProblems(problems: Iterable<FieldProblem>): readonly FieldProblem[] {
  const { report, list } = createProblems();
  for (const { field, description } of problems) report(field, description);
  return list();
}

const more: FieldProblem = { field: "", description: "there are more problems: mend these first" };
