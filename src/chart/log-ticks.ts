import { tickIncrement } from "d3-array";

/**
 * Returns round sizes for a logarithmic axis, ascending: the first not above `low` and the last not
 * below `high`, about `count` steps of them. They are powers of ten, every so many where there are
 * many; their doubles and fives beside them where there is room; evenly spaced within a factor of two.
 * Of durations they are seconds, minutes, hours and days.
 *
 * @param low above zero
 * @param unit of src/chart/unit.ts
 */
export function logTicks(low: number, high: number, count: number, unit: string): number[] {
  if (high < low * 2) return evenTicks(low, high, count);
  const fine = span(sizesFor(low, high, unit, [1, 2, 5]), low, high);
  if (fine.length <= count + 1) return fine;
  const coarse = span(sizesFor(low, high, unit, [1]), low, high);
  const every = Math.ceil((coarse.length - 1) / (count + 1));
  if (every === 1) return coarse;
  // The last must not lie below `high`, so what is left over is added above.
  const more = (every - ((coarse.length - 1) % every)) % every;
  const top = coarse.at(-1)!;
  const above = Array.from({ length: more }, (_, index) => Math.min(Number.MAX_VALUE, top * 10 ** (index + 1)));
  const all = [...coarse, ...above];
  return all.filter((_, index) => index % every === 0);
}

/** Within a factor of two there are too few powers of ten, and a logarithm is almost straight. */
function evenTicks(low: number, high: number, count: number): number[] {
  const increment = tickIncrement(low, high, count);
  const toSteps = (value: number) => (increment > 0 ? value / increment : value * -increment);
  const first = Math.floor(toSteps(low) + 1e-9);
  const last = Math.ceil(toSteps(high) - 1e-9);
  return Array.from({ length: last - first + 1 }, (_, index) =>
    increment > 0 ? (first + index) * increment : (first + index) / -increment,
  );
}

/** How many seconds each unit of time has. */
const secondsOf: Readonly<Record<string, number>> = { ms: 0.001, s: 1, min: 60 };

/** Between ten seconds and a day, powers of ten of seconds are round for nobody. */
const clockSizes: readonly number[] = [60, 600, 3600, 36_000];
const daySeconds = 86_400;

/** Returns round sizes and their multiples, from below `low` to above `high`. */
function sizesFor(low: number, high: number, unit: string, multiples: readonly number[]): number[] {
  const bases = Object.hasOwn(secondsOf, unit)
    ? durations(low * secondsOf[unit]!, high * secondsOf[unit]!).map((seconds) => seconds / secondsOf[unit]!)
    : powersOfTen(low, high);
  return bases.flatMap((base, index) => {
    const next = bases[index + 1] ?? base * 10;
    return multiples.map((multiple) => multiple * base).filter((size) => size < next * (1 - 1e-9));
  });
}

function durations(low: number, high: number): number[] {
  const short = powersOfTen(Math.min(low, 1), Math.min(high, 10)).filter((seconds) => seconds < 20);
  const days = powersOfTen(1, Math.max(1, high / daySeconds)).map((count) => count * daySeconds);
  return [...short, ...clockSizes, ...days];
}

/** From the last power of ten not above `low` to one above `high`. */
function powersOfTen(low: number, high: number): number[] {
  const first = Math.floor(Math.log10(low) + 1e-9);
  const last = Math.ceil(Math.log10(high) - 1e-9) + 1;
  return Array.from({ length: last - first + 1 }, (_, index) => Number(`1e${first + index}`));
}

/** Keeps the ascending sizes from the last not above `low` to the first not below `high`. */
function span(sizes: readonly number[], low: number, high: number): number[] {
  const from = sizes.findLastIndex((size) => size <= low * (1 + 1e-9));
  const to = sizes.findIndex((size) => size >= high * (1 - 1e-9));
  return sizes.slice(Math.max(0, from), to < 0 ? sizes.length : to + 1);
}
