import type { Voice } from "./intl.ts";
import { type Scale, scaleFor } from "./unit.ts";

/** How a column's numbers are written; `decimals` goes by magnitude when undefined. */
export type NumberFormat = { readonly unit: string; readonly decimals: number | undefined };

/** A number in two sizes of type: `$1.28` large and `M` small. */
export type Figure = { readonly large: string; readonly small: string };

/** Returns a number as short as a legend or a label needs it: `4.9k/s`, `305 ms`. */
export function formatShort(value: number, format: NumberFormat, voice: Voice): string {
  const scale = scaleFor(format.unit, Math.abs(value));
  return partsToText(
    writeParts(value, scale, abbreviated(value, scale) ?? exact([value], format, scale), format, voice),
  );
}

/** Returns a number unabbreviated: `2,904.3/s`. */
export function formatFull(value: number, format: NumberFormat, voice: Voice): string {
  const scale = scaleFor(format.unit, Math.abs(value));
  return partsToText(writeParts(value, scale, exact([value], format, scale), format, voice));
}

/**
 * Returns the text of each number of a column, an en dash for NaN: all on one scale with the same
 * decimals, so that they compare. Only `short` abbreviates here, and only from 10,000.
 */
export function formatColumn(column: ArrayLike<number>, format: NumberFormat, voice: Voice): string[] {
  const values = Array.from(column);
  const scale = scaleFor(format.unit, largest(values));
  const digits = exact(values, format, scale, true);
  const short = format.unit === "short";
  return values.map((value) => {
    if (Number.isNaN(value)) return "–";
    const own = short && Math.abs(value) >= 10_000 ? (abbreviated(value, scale) ?? digits) : digits;
    return partsToText(writeParts(value, scale, own, format, voice));
  });
}

/** Returns the labels of an axis whose ticks are `step` apart, all on one scale with as many decimals as the step needs. */
export function formatTicks(ticks: readonly number[], step: number, format: NumberFormat, voice: Voice): string[] {
  const scale = scaleFor(format.unit, largest(ticks));
  const decimals = Math.min(20, Math.max(0, -Math.floor(Math.log10(shown(step, scale)) + 1e-9)));
  const fits = (tick: number) => shown(step, scale) * 200 >= Math.abs(shown(tick, scale));
  const plain = powersOfTen(shown(largest(ticks), scale)) ?? {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  };
  return ticks.map((tick) => {
    const short = fits(tick) ? abbreviated(tick, scale, 2) : undefined;
    const digits = tick === 0 ? { maximumFractionDigits: 0 } : (short ?? plain);
    return partsToText(writeParts(tick, scale, digits, format, voice));
  });
}

/** Returns a number to be set large, three digits of it, and its unit to be set small. */
export function formatFigure(value: number, format: NumberFormat, voice: Voice): Figure {
  const scale = scaleFor(format.unit, Math.abs(value));
  const from = format.unit === "number" || format.unit === "" ? 1e6 : scale.abbreviateFrom;
  const digits =
    from !== undefined && Math.abs(value) >= from && Math.abs(value) < scientificFrom
      ? { notation: "compact" as const, maximumSignificantDigits: 3 }
      : exact([value], format, scale);
  const parts = writeParts(value, scale, digits, format, voice);
  const lastDigit = parts.findLastIndex(({ type }) => type === "integer" || type === "fraction");
  return { large: partsToText(parts.slice(0, lastDigit + 1)), small: partsToText(parts.slice(lastDigit + 1)) };
}

type Part = { readonly type: string; readonly value: string };

function writeParts(
  value: number,
  scale: Scale,
  digits: Intl.NumberFormatOptions,
  format: NumberFormat,
  voice: Voice,
): readonly Part[] {
  // Years are numbers without a unit, and nobody writes 2,026.
  const grouping = format.unit === "" ? ("min2" as const) : ("auto" as const);
  const options = { ...scale.options, useGrouping: grouping, signDisplay: "negative" as const, ...digits };
  const parts: Part[] = voice.number(options).formatToParts(value / scale.divisor);
  if (scale.suffix !== "") parts.push({ type: "unit", value: scale.suffix });
  return parts;
}

/** Joins parts; the thousand's sign is the SI's small k, which English formatters write large. */
function partsToText(parts: readonly Part[]): string {
  return parts.map(({ type, value }) => (type === "compact" && value === "K" ? "k" : value)).join("");
}

/** Beyond this size digits say nothing any more, and powers of ten are written. */
const scientificFrom = 1e15;

function powersOfTen(size: number): Intl.NumberFormatOptions | undefined {
  if (size === 0 || (size >= 1e-6 && size < scientificFrom)) return undefined;
  return { notation: "scientific", minimumFractionDigits: 0, maximumFractionDigits: 2 };
}

function abbreviated(value: number, scale: Scale, decimals = 1): Intl.NumberFormatOptions | undefined {
  const size = Math.abs(value);
  if (scale.abbreviateFrom === undefined || size < scale.abbreviateFrom || size >= scientificFrom) return undefined;
  return { notation: "compact", minimumFractionDigits: 0, maximumFractionDigits: decimals };
}

/** The digits of numbers that stand unabbreviated: as told, else what their size deserves. */
function exact(
  values: readonly number[],
  format: NumberFormat,
  scale: Scale,
  aligned = false,
): Intl.NumberFormatOptions {
  const size = shown(largest(values), scale);
  const powers = powersOfTen(size);
  if (powers !== undefined) return powers;
  if (format.decimals !== undefined) {
    return { minimumFractionDigits: format.decimals, maximumFractionDigits: format.decimals };
  }
  const whole = values.every((value) => Number.isNaN(value) || Number.isInteger(roundOff(shown(value, scale))));
  const decimals = whole ? 0 : decimalsFor(size, scale);
  const isMoney = scale.options.style === "currency" && !whole && size < 10_000 && scale.options.currency !== "JPY";
  if (isMoney) return { minimumFractionDigits: 2, maximumFractionDigits: 2 };
  return { minimumFractionDigits: aligned ? decimals : 0, maximumFractionDigits: decimals };
}

function decimalsFor(size: number, { suffix }: Scale): number {
  if (size >= 10 && suffix === "\u00a0ms") return 0;
  if (size >= 10) return 1;
  if (size >= 0.1) return 2;
  return Math.min(9, 2 - Math.floor(Math.log10(size)));
}

/** What is read on the page: 0.42 of `ratio` reads 42. */
function shown(value: number, { divisor, options }: Scale): number {
  return (value / divisor) * (options.style === "percent" ? 100 : 1);
}

/** Takes off what floating point adds: 0.07 * 100 is 7.000000000000001. */
function roundOff(value: number): number {
  return Number(value.toPrecision(12));
}

function largest(values: readonly number[]): number {
  let max = 0;
  for (const value of values) if (Math.abs(value) > max) max = Math.abs(value);
  return max;
}
