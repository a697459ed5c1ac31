/** What a label adds up to. */
export type Part = {
  readonly label: string;
  /** The whole label, as a filter takes it; undefined for what no filter takes. */
  readonly whole: string | undefined;
  readonly value: number;
};

/** A part with its share of the whole, from 0 to 1. */
export type Slice = Part & { readonly share: number };

/** What stands for the parts that are too small for a slice of their own. */
const other = "Other";

/**
 * Returns the slices of a whole, the largest first, equal ones in the order in which they came. Parts
 * of zero or below and those that are no numbers have none. Where there would be more than `most`,
 * the smallest are one, `Other`, which stands last, and a part that has that name joins it.
 */
export function cutSlices(parts: readonly Part[], most: number): Slice[] {
  const sorted = parts.filter(({ value }) => value > 0).sort((a, b) => b.value - a.value);
  const kept = sorted.length > most ? foldSmallest(sorted, most) : sorted;
  const total = sumOf(kept);
  return kept.map((part) => ({ ...part, share: part.value / total }));
}

/** Returns what parts are together. */
export function sumOf(parts: readonly Part[]): number {
  return parts.reduce((sum, { value }) => sum + value, 0);
}

function foldSmallest(sorted: readonly Part[], most: number): Part[] {
  const own = sorted.filter(({ label }) => label !== other);
  const kept = own.slice(0, most - 1);
  const folded = sorted.filter((part) => !kept.includes(part));
  return [...kept, { label: other, whole: undefined, value: sumOf(folded) }];
}
