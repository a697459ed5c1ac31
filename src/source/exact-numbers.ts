import { type ColumnBuilder, numberBytes, pointerBytes } from "./column-builder.ts";

/** An integer or a decimal with all its digits; a text is one as JSON writes numbers, leading zeros aside. */
export type ExactNumber = number | bigint | string;

/**
 * Creates the builder for numbers whose digits count. It becomes a column of numbers where a double gives
 * every digit of each value back. Otherwise it becomes one of texts as they came, because half a column
 * of numbers would be none to sort or to draw, and a digit less would be wrong. What is no finite number
 * (`NaN`, `Infinity`, other words) is no value.
 */
export function exactNumbers(name: string): ColumnBuilder<ExactNumber | null> {
  const numbers: number[] = [];
  /** As they came. */
  const originals: (ExactNumber | null)[] = [];
  let exact = true;
  let textBytes = 0;
  return {
    add(value) {
      const number = toExactNumber(value) ?? Number.POSITIVE_INFINITY;
      const original = Number.isNaN(number) ? null : value;
      numbers.push(number);
      originals.push(original);
      const bytes = pointerBytes + (typeof original === "string" ? 2 * original.length : 2 * numberBytes);
      textBytes += bytes;
      if (!exact) return bytes;
      exact = number !== Number.POSITIVE_INFINITY;
      return exact ? numberBytes : textBytes - numberBytes * (numbers.length - 1);
    },
    toColumn: (length) =>
      exact
        ? { type: "number", name, values: new Float64Array(numbers.slice(0, length)) }
        : { type: "string", name, values: originals.slice(0, length).map(toText) },
  };
}

/**
 * Returns the double that gives every digit back, undefined where there is none, and NaN for what is no
 * finite number.
 */
export function toExactNumber(value: ExactNumber | null): number | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? value : Number.NaN;
  if (value === null) return Number.NaN;
  if (typeof value === "string" && value.length <= 15 && isPlain(value)) return Number(value) + 0;
  const number = Number(value);
  if (typeof value === "bigint" || integer.test(value)) {
    if (Number.isSafeInteger(number)) return number;
    if (typeof value === "bigint") return undefined;
  }
  const match = decimal.exec(value);
  if (match === null) return Number.NaN;
  const [, whole = "", fraction = ""] = match;
  const digits = withoutOuterZeros(whole + fraction);
  if (digits === "") return 0;
  const magnitude = Math.abs(number);
  // Fifteen significant digits survive in every double that is not subnormal.
  if (digits.length <= 15) return magnitude >= minNormal && magnitude <= Number.MAX_VALUE ? number : undefined;
  return digits.length <= 17 && digitsOf(number) === digits ? number : undefined;
}

const integer = /^-?\d+$/;

const decimal = /^-?(\d+)(?:\.(\d+))?(?:[eE][+-]?\d+)?$/;

const minNormal = 2.2250738585072014e-308;

/** The significant digits of the shortest text that stands for a double. */
function digitsOf(number: number): string {
  const [mantissa = ""] = Math.abs(number).toExponential().split("e");
  return withoutOuterZeros(mantissa.replace(".", ""));
}

/** By hand: `/0+$/` begins anew at each zero, and a service may send a million of them in one number. */
function withoutOuterZeros(digits: string): string {
  let [start, end] = [0, digits.length];
  while (start < end && digits.charCodeAt(start) === zero) start += 1;
  while (start < end && digits.charCodeAt(end - 1) === zero) end -= 1;
  return digits.slice(start, end);
}

const zero = 0x30;

function toText(value: ExactNumber | null): string | null {
  return value === null ? null : `${value}`;
}

/** Whether a text has digits, points and minus signs only. Fifteen of them lose nothing. */
function isPlain(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 45 || code > 57 || code === 47) return false;
  }
  return text !== "";
}
