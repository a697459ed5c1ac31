import type { Scale } from "./unit.ts";

/** Always so many decimals. */
export const fixed = digitsByDecimals((decimals) => ({
  minimumFractionDigits: decimals,
  maximumFractionDigits: decimals,
}));

/** As many decimals as a number has, at most so many. */
const upTo = digitsByDecimals((decimals) => ({ minimumFractionDigits: 0, maximumFractionDigits: decimals }));

/** The same, abbreviated. */
const compact = digitsByDecimals((decimals) => ({ notation: "compact", ...upTo(decimals) }));

const scientific: Intl.NumberFormatOptions = { notation: "scientific", ...upTo(2) };

/** Makes the digits of each number of decimals once, so that equal ones are one object; Intl knows 100 at most. */
function digitsByDecimals(
  make: (decimals: number) => Intl.NumberFormatOptions,
): (decimals: number) => Intl.NumberFormatOptions {
  const made: Intl.NumberFormatOptions[] = [];
  return (decimals) => {
    made[decimals] ??= make(decimals);
    return made[decimals];
  };
}

/** Beyond this size digits say nothing any more, and powers of ten are written. */
export const scientificFrom = 1e15;

/** Returns the digits of a number so large or small that powers of ten are written; undefined for any other. */
export function powersOfTen(size: number): Intl.NumberFormatOptions | undefined {
  if (size === 0 || (size >= 1e-6 && size < scientificFrom)) return undefined;
  return scientific;
}

/** Returns the digits of a number that is abbreviated on its scale; undefined where it is not. */
export function abbreviated(value: number, scale: Scale, decimals = 1): Intl.NumberFormatOptions | undefined {
  const size = Math.abs(value);
  if (scale.abbreviateFrom === undefined || size < scale.abbreviateFrom || size >= scientificFrom) return undefined;
  return compact(decimals);
}

/**
 * Returns the digits of numbers that stand unabbreviated: as told, else what their size deserves.
 *
 * @param aligned whether all of them have the same decimals, so that they compare
 */
export function exact(
  values: ArrayLike<number>,
  format: { readonly decimals: number | undefined },
  scale: Scale,
  aligned = false,
): Intl.NumberFormatOptions {
  const size = shown(largest(values), scale);
  const powers = powersOfTen(size);
  if (powers !== undefined) return powers;
  if (format.decimals !== undefined) return fixed(format.decimals);
  const decimals = decimalsNeeded(values, decimalsFor(size, scale), scale);
  const { style, currency } = scale.options;
  if (style === "currency" && decimals > 0 && size < 10_000 && currency !== "JPY") return fixed(2);
  return aligned ? fixed(decimals) : upTo(decimals);
}

/** How many decimals tell all of the values, at most so many. */
function decimalsNeeded(values: ArrayLike<number>, most: number, scale: Scale): number {
  let decimals = 0;
  for (let index = 0; index < values.length && decimals < most; index += 1) {
    const value = values[index]!;
    while (decimals < most && Number.isFinite(value) && !isWhole(shown(value, scale) * 10 ** decimals)) {
      decimals += 1;
    }
  }
  return decimals;
}

function decimalsFor(size: number, { suffix }: Scale): number {
  if (size >= 10 && suffix === "\u00a0ms") return 0;
  if (size >= 10) return 1;
  if (size >= 0.1) return 2;
  return Math.min(9, 2 - Math.floor(Math.log10(size)));
}

/** Returns how many decimals a round number has: none for 20, two for 0.25. */
export function decimalsOfStep(step: number): number {
  const first = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  return Math.min(20, isWhole(step * 10 ** first) ? first : first + 1);
}

/** Returns what is read on the page: 0.42 of `ratio` reads 42. */
export function shown(value: number, { divisor, options }: Scale): number {
  return (value / divisor) * (options.style === "percent" ? 100 : 1);
}

/** Whether a number is whole but for what floating point adds: 0.07 * 100 is 7.000000000000001. */
function isWhole(value: number): boolean {
  return Math.abs(value - Math.round(value)) <= Math.abs(value) * 5e-12;
}

/** Returns the largest size among values; 0 where there is none. */
export function largest(values: ArrayLike<number>): number {
  let max = 0;
  for (let index = 0; index < values.length; index += 1) {
    const size = Math.abs(values[index]!);
    if (size > max) max = size;
  }
  return max;
}
