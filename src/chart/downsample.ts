/**
 * Returns the indices of the points to draw of a series: all of them up to four a bucket, else of
 * each bucket of equal width the first, the last, the lowest and the highest, so that every spike
 * stays (M4, Jugel et al., VLDB 2014). A bucket that has a gap keeps one.
 *
 * @param at where each point stands, from 0 to 1, ascending
 * @param values one value for each of `at`; NaN is a gap
 */
export function downsample(at: ArrayLike<number>, values: ArrayLike<number>, buckets: number): number[] {
  const count = values.length;
  if (count <= buckets * 4) return Array.from({ length: count }, (_, index) => index);
  const kept: number[] = [];
  for (let start = 0; start < count; ) {
    const bucket = bucketOf(at[start]!, buckets);
    let end = start + 1;
    while (end < count && bucketOf(at[end]!, buckets) === bucket) end += 1;
    kept.push(...keepOf(values, start, end));
    start = end;
  }
  return kept;
}

/**
 * Returns how many buckets each of so many series gets: 500, one for some 2 px, so that a series has
 * 2500 points at most; fewer where there are many, so that a chart has some 30,000.
 */
export function bucketsFor(seriesCount: number): number {
  return Math.max(1, Math.min(500, Math.floor(7500 / seriesCount)));
}

function bucketOf(at: number, buckets: number): number {
  return Math.min(buckets - 1, Math.floor(at * buckets));
}

/** The first, last, lowest, highest and one without a value, of the points from `start` to before `end`. */
function keepOf(values: ArrayLike<number>, start: number, end: number): number[] {
  let low = start;
  let high = start;
  let gap = -1;
  for (let index = start; index < end; index += 1) {
    const value = values[index]!;
    if (Number.isNaN(value)) gap = index;
    if (!(value >= values[low]!)) low = Number.isNaN(value) ? low : index;
    if (!(value <= values[high]!)) high = Number.isNaN(value) ? high : index;
  }
  const kept = new Set([start, low, high, end - 1]);
  if (gap >= 0) kept.add(gap);
  return [...kept].sort((a, b) => a - b);
}
