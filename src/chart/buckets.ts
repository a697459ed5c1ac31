import { bin, thresholdFreedmanDiaconis, thresholdSturges } from "d3-array";
import type { NumberFormat } from "./number-format.ts";
import { drawable, linearTicks, rangeOf } from "./value-axis.ts";

/** How many values lie from each edge to before the next; a value on the last edge belongs to the last bucket. */
type Buckets = { readonly edges: readonly number[]; readonly counts: readonly number[] };

/** Asked for so many, round widths make 60 at most: more would be thinner than they are told apart by. */
const mostByDefault = 36;

/**
 * Puts values into buckets of equal width with round edges, in the unit as it is read. Of whole numbers
 * every bucket holds as many: 0 to 10 by twos ends at 12.
 *
 * @param values none of them NaN
 * @param count about how many buckets there are; by default as the rule of Freedman and Diaconis has it, or that of
 * Sturges where half of the values are the same
 */
export function createBuckets(values: Float64Array, format: NumberFormat, count?: number): Buckets {
  if (values.length === 0) return { edges: [], counts: [] };
  const drawn = values.map(drawable);
  const edges = edgesFor(drawn, format, count);
  const first = edges[0]!;
  const last = edges.at(-1)!;
  const buckets = bin<number, number>().domain([first, last]).thresholds(edges.slice(1, -1));
  // An edge is round, and may so lie a hair on the wrong side of the value that it was made for.
  const counts = buckets(drawn.map((value) => Math.min(last, Math.max(first, value)))).map(({ length }) => length);
  return { edges, counts };
}

/** From here on whole numbers are too large for their neighbours to be numbers. */
const maxWhole = 1e15;

function edgesFor(values: Float64Array, format: NumberFormat, wanted: number | undefined): number[] {
  const range = rangeOf([values]);
  const { min, max } = range;
  const isWhole = range.isWhole && max < maxWhole && min > -maxWhole;
  if (isWhole && min === max) return [min, min + 1];
  const count = wanted ?? Math.min(mostByDefault, bucketsFor(values, min, max));
  const edges = linearTicks({ ...range, isWhole }, count, format).map(tidy);
  if (min === max) {
    const own = edges.findLastIndex((edge) => edge <= min);
    return edges.slice(own, own + 2);
  }
  const last = edges.at(-1)!;
  if (isWhole && last === max) edges.push(tidy(last + (last - edges.at(-2)!)));
  return edges;
}

function bucketsFor(values: Float64Array, min: number, max: number): number {
  const count = thresholdFreedmanDiaconis(values, min, max);
  return Number.isFinite(count) && count > 1 ? count : thresholdSturges(values);
}

/** Takes off what floating point adds, or 0.3 would lie below its own edge. */
function tidy(value: number): number {
  return Number(value.toPrecision(12));
}
