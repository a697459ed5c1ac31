import type { Mark } from "./query-lexer.ts";

/** A stretch of a query. */
export type Clause = {
  /** Whether it goes when one of its placeholders is unset. */
  readonly optional: boolean;
  /** Its text and placeholders in order. */
  readonly pieces: readonly (string | { readonly name: string })[];
  /** The names of its placeholders, in order, and as often as they appear. */
  readonly names: readonly string[];
};

/** Returns for each bracket the index of its partner's mark, or the place of one that has none. */
export function matchBrackets(marks: readonly Mark[]): ReadonlyMap<number, number> | number {
  const partners = new Map<number, number>();
  const open: number[] = [];
  for (const [index, { kind, at }] of marks.entries()) {
    if (kind === "open") open.push(index);
    if (kind !== "close") continue;
    const partner = open.pop();
    if (partner === undefined) return at;
    partners.set(partner, index);
  }
  const left = open.at(-1);
  return left === undefined ? partners : marks[left]!.at;
}

/**
 * Cuts a query into what always stands and its optional clauses, without the brackets of these and
 * without semicolons. Returns the place of a clause that stands in another one.
 */
export function splitClauses(
  text: string,
  marks: readonly Mark[],
  partners: ReadonlyMap<number, number>,
): readonly Clause[] | number {
  const clauses: Clause[] = [];
  let pieces: Clause["pieces"][number][] = [];
  let from = 0;
  const cut = (at: number, end: number) => {
    if (at > from) pieces.push(text.slice(from, at));
    from = end;
  };
  const endClause = (optional: boolean) => {
    const names = pieces.flatMap((piece) => (typeof piece === "string" ? [] : [piece.name]));
    if (pieces.length > 0) clauses.push({ optional, pieces, names });
    pieces = [];
  };
  const ends = findClauses(marks, partners);
  let clauseEnd: number | undefined;
  for (const [index, mark] of marks.entries()) {
    const end = ends.get(index);
    if (mark.kind === "placeholder") {
      cut(mark.at, mark.end);
      pieces.push({ name: mark.name });
    } else if (mark.kind === "semicolon") {
      cut(mark.at, mark.at + 1);
    } else if (end !== undefined) {
      if (clauseEnd !== undefined) return mark.at;
      cut(mark.at, mark.at + 2);
      endClause(false);
      clauseEnd = end;
    } else if (index === clauseEnd) {
      cut(mark.at, mark.at + 2);
      endClause(true);
      clauseEnd = undefined;
    }
  }
  cut(text.length, text.length);
  endClause(false);
  return clauses;
}

/**
 * Returns the clauses as the index of the first bracket of their `[[` and of their `]]`. A bracket
 * belongs to one clause only: `[[[:a]]]` is a clause around a list.
 */
function findClauses(marks: readonly Mark[], partners: ReadonlyMap<number, number>): ReadonlyMap<number, number> {
  const clauses = new Map<number, number>();
  const placeholdersBefore = [0];
  for (const { kind } of marks) placeholdersBefore.push(placeholdersBefore.at(-1)! + (kind === "placeholder" ? 1 : 0));
  for (let index = 0; index < marks.length; index += 1) {
    const end = pairEnd(marks, partners, index);
    if (end === undefined || placeholdersBefore[index] === placeholdersBefore[end]) continue;
    clauses.set(index, end);
    index += 1;
  }
  return clauses;
}

/** Returns the index of the first bracket of the `]]` that closes the `[[` at the index, if there is one. */
function pairEnd(marks: readonly Mark[], partners: ReadonlyMap<number, number>, index: number): number | undefined {
  const inner = partners.get(index + 1);
  if (inner === undefined || partners.get(index) !== inner + 1) return undefined;
  const adjacent = (left: number) => marks[left]!.at + 1 === marks[left + 1]!.at;
  return adjacent(index) && adjacent(inner) ? inner : undefined;
}
