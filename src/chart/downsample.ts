/**
 * Returns the indices of the points to draw of a series: all of them up to four a bucket, else of
 * each bucket of equal width the first, the last, the lowest and the highest, so that every spike
 * stays (M4, Jugel et al., VLDB 2014). A bucket that has gaps keeps one of them, and the first and
 * the last value beside them. It reads every value once, and of `at` only the ends of the buckets,
 * because a million points are to be drawn in milliseconds.
 *
 * @param at where each point stands, in any unit, ascending
 * @param values one value for each of `at`; NaN is a gap
 */
export function downsample(at: ArrayLike<number>, values: ArrayLike<number>, buckets: number): number[] {
  const count = values.length;
  if (count <= buckets * 4) return allIndices(count);
  const first = at[0]!;
  const last = at[count - 1]!;
  const kept: number[] = [];
  let start = 0;
  for (let bucket = 1; bucket <= buckets && start < count; bucket += 1) {
    // Weighed, not added: the difference of the ends may be more than a number can be.
    const edge = first * (1 - bucket / buckets) + last * (bucket / buckets);
    const end = bucket === buckets ? count : findEdge(at, edge, start);
    if (end > start) keepOf(values, start, end, kept);
    start = end;
  }
  return kept;
}

/**
 * Returns how many buckets each of so many series gets: 500, one for some 2 px, so that a series has
 * 2500 points at most, more where it has gaps; fewer where there are many, so that a chart has some 30,000.
 */
export function bucketsFor(seriesCount: number): number {
  return Math.max(1, Math.min(500, Math.floor(7500 / seriesCount)));
}

/** Returns the index of the first point that stands at an edge or beyond, not before `start`. */
function findEdge(at: ArrayLike<number>, edge: number, start: number): number {
  let low = start;
  let high = at.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (at[middle]! < edge) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Adds to `kept`, ascending, what is kept of the points from `start` to before `end`. */
function keepOf(values: ArrayLike<number>, start: number, end: number, kept: number[]): void {
  let known = start;
  while (known < end && Number.isNaN(values[known]!)) known += 1;
  let low = known;
  let high = known;
  let gap = known > start ? start : -1;
  let lowest = known < end ? values[known]! : 0;
  let highest = lowest;
  for (let index = known + 1; index < end; index += 1) {
    const value = values[index]!;
    if (value >= lowest) {
      if (value > highest) {
        highest = value;
        high = index;
      }
    } else if (value < lowest) {
      lowest = value;
      low = index;
    } else gap = index;
  }
  if (known === end) {
    kept.push(start);
    if (end - 1 > start) kept.push(end - 1);
    return;
  }
  const wanted = [start, low, high, end - 1];
  if (gap >= 0) {
    let lastKnown = end - 1;
    while (Number.isNaN(values[lastKnown]!)) lastKnown -= 1;
    wanted.push(known, gap, lastKnown);
  }
  wanted.sort((a, b) => a - b);
  for (const [place, index] of wanted.entries()) if (index !== wanted[place - 1]) kept.push(index);
}

function allIndices(count: number): number[] {
  const indices = new Array<number>(count);
  for (let index = 0; index < count; index += 1) indices[index] = index;
  return indices;
}
