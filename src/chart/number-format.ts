import type { Voice } from "./intl.ts";
import {
  abbreviated,
  decimalsOfStep,
  exact,
  fixed,
  largest,
  powersOfTen,
  scientificFrom,
  shown,
} from "./number-digits.ts";
import { type Scale, scaleFor } from "./unit.ts";

/** How a column's numbers are written; `decimals` goes by magnitude when undefined. */
export type NumberFormat = { readonly unit: string; readonly decimals: number | undefined };

/** A number in two sizes of type: `$1.28` large and `M` small. */
export type Figure = { readonly large: string; readonly small: string };

/** Returns a number as short as a legend or a label needs it: `4.9k/s`, `305 ms`. */
export function formatShort(value: number, format: NumberFormat, voice: Voice): string {
  const scale = scaleFor(format.unit, Math.abs(value));
  return createWriter(scale, abbreviated(value, scale) ?? exact([value], format, scale), format, voice)(value);
}

/** Returns a number unabbreviated: `2,904.3/s`. */
export function formatFull(value: number, format: NumberFormat, voice: Voice): string {
  return createFullWriter(format, voice)(value);
}

/** Creates what writes numbers as `formatFull` does, one after the other, in less time than each on its own. */
export function createFullWriter(format: NumberFormat, voice: Voice): (value: number) => string {
  const write = createChangingWriter(format, voice);
  return (value) => {
    const scale = scaleFor(format.unit, Math.abs(value));
    return write(value, scale, exact([value], format, scale));
  };
}

/**
 * Returns the text of each number of a column, an en dash for NaN: all on one scale with the same
 * decimals, so that they compare. Only `short` abbreviates here, and only from 10,000.
 */
export function formatColumn(column: ArrayLike<number>, format: NumberFormat, voice: Voice): string[] {
  return Array.from(column, createColumnWriter(column, format, voice));
}

/** Creates what writes the numbers of a column as `formatColumn` does, one at a time. */
export function createColumnWriter(
  column: ArrayLike<number>,
  format: NumberFormat,
  voice: Voice,
): (value: number) => string {
  const scale = scaleFor(format.unit, largest(column));
  const write = createWriter(scale, exact(column, format, scale, true), format, voice);
  return (value) => {
    if (Number.isNaN(value)) return "–";
    return format.unit === "short" && Math.abs(value) >= 10_000 ? formatShort(value, format, voice) : write(value);
  };
}

/**
 * Returns how the numbers of a column are written unabbreviated, all on one scale with the same
 * decimals, for where it is not done here: divided, by Intl with these options, with a suffix.
 */
export function columnFormat(
  column: ArrayLike<number>,
  format: NumberFormat,
): { readonly options: Intl.NumberFormatOptions; readonly divisor: number; readonly suffix: string } {
  const scale = scaleFor(format.unit, largest(column));
  return { ...scale, options: intlOptions(scale, exact(column, format, scale, true), format) };
}

/** Returns the labels of an axis whose ticks are `step` apart, all on one scale with as many decimals as the step needs. */
export function formatTicks(ticks: readonly number[], step: number, format: NumberFormat, voice: Voice): string[] {
  const scale = scaleFor(format.unit, largest(ticks));
  const plain = powersOfTen(shown(largest(ticks), scale)) ?? fixed(decimalsOfStep(shown(step, scale)));
  const write = createChangingWriter(format, voice);
  return ticks.map((tick) => {
    // Abbreviated to two decimals, neighbours must still differ.
    const short = step * 200 >= Math.abs(tick) ? abbreviated(tick, scale, 2) : undefined;
    return write(tick, scale, tick === 0 ? fixed(0) : (short ?? plain));
  });
}

/** Returns a number to be set large, three digits of it where it is abbreviated, and its unit to be set small. */
export function formatFigure(value: number, format: NumberFormat, voice: Voice): Figure {
  const scale = scaleFor(format.unit, Math.abs(value));
  // A plain number stays as it is as long as there is room for it.
  const from = format.unit === "number" ? 1e6 : scale.abbreviateFrom;
  const isShort = from !== undefined && Math.abs(value) >= from && Math.abs(value) < scientificFrom;
  const digits = isShort
    ? { notation: "compact" as const, maximumSignificantDigits: 3 }
    : exact([value], format, scale);
  const parts = formatterOf(scale, digits, format, voice).formatToParts(value / scale.divisor);
  const end = parts.findLastIndex(({ type }) => ["integer", "fraction", "exponentInteger"].includes(type)) + 1;
  return { large: joinParts(parts.slice(0, end)), small: joinParts(parts.slice(end)) + scale.suffix };
}

type Writer = (value: number) => string;

/** Creates what writes each number on its own scale with its own digits, which mostly are those of the one before. */
function createChangingWriter(
  format: NumberFormat,
  voice: Voice,
): (value: number, scale: Scale, digits: Intl.NumberFormatOptions) => string {
  let last: { scale: Scale; digits: Intl.NumberFormatOptions; write: Writer } | undefined;
  return (value, scale, digits) => {
    if (last?.scale !== scale || last.digits !== digits) {
      last = { scale, digits, write: createWriter(scale, digits, format, voice) };
    }
    return last.write(value);
  };
}

function createWriter(scale: Scale, digits: Intl.NumberFormatOptions, format: NumberFormat, voice: Voice): Writer {
  const formatter = formatterOf(scale, digits, format, voice);
  if (digits.notation === "scientific") {
    // Nobody writes 0E0.
    const zero = formatterOf(scale, fixed(0), format, voice);
    return (value) => (value === 0 ? zero : formatter).format(value / scale.divisor) + scale.suffix;
  }
  if (digits.notation !== "compact") return (value) => formatter.format(value / scale.divisor) + scale.suffix;
  return (value) => writeCompact(formatter, value / scale.divisor) + scale.suffix;
}

/** Writes an abbreviated number; by its parts, which take five times as long, only where it does not speak for itself. */
function writeCompact(formatter: Intl.NumberFormat, number: number): string {
  const text = formatter.format(number);
  if (!text.includes("K")) return text;
  return /^-?[\d.,]+K$/.test(text) ? `${text.slice(0, -1)}k` : joinParts(formatter.formatToParts(number));
}

function formatterOf(scale: Scale, digits: Intl.NumberFormatOptions, format: NumberFormat, voice: Voice) {
  const {
    notation = "",
    minimumFractionDigits = "",
    maximumFractionDigits = "",
    maximumSignificantDigits = "",
  } = digits;
  // What else there is of options goes with the unit.
  const key = `${format.unit} ${notation} ${minimumFractionDigits} ${maximumFractionDigits} ${maximumSignificantDigits}`;
  return voice.number(key, () => intlOptions(scale, digits, format));
}

function intlOptions({ options }: Scale, digits: Intl.NumberFormatOptions, format: NumberFormat) {
  // Years are numbers without a unit, and nobody writes 2,026.
  const useGrouping = format.unit === "" ? ("min2" as const) : ("auto" as const);
  return { ...options, useGrouping, signDisplay: "negative" as const, ...digits };
}

/** Joins parts; the thousand's sign is the SI's small k, which English formatters write large. */
function joinParts(parts: readonly Intl.NumberFormatPart[]): string {
  return parts.map(({ type, value }) => (type === "compact" && value === "K" ? "k" : value)).join("");
}
