/**
 * Returns one number for many. Rows without a value do not count; NaN when there are none, except
 * for `count`, and for a reduction that only a later release knows: no number beats a wrong one.
 *
 * @param reduction how, as panel.proto names it; `last` when empty
 */
export function reduceValues(values: Iterable<number>, reduction: string): number {
  const known = [...values].filter((value) => !Number.isNaN(value));
  if (reduction === "count") return known.length;
  if (known.length === 0) return Number.NaN;
  const sum = known.reduce((total, value) => total + value, 0);
  switch (reduction) {
    case "first":
      return known[0]!;
    case "sum":
      return finite(sum);
    case "mean":
      return finite(sum / known.length);
    case "min":
      return known.reduce((least, value) => Math.min(least, value));
    case "max":
      return known.reduce((most, value) => Math.max(most, value));
    case "last":
    case "":
      return known.at(-1)!;
    default:
      return Number.NaN;
  }
}

/** A sum that overflows has no digits to show. */
function finite(value: number): number {
  return Number.isFinite(value) ? value : Number.NaN;
}
