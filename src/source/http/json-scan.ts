import { toExactNumber } from "../exact-numbers.ts";

/** What a text in JSON has in store for whoever parses it. */
export type JsonScan = {
  /** How many lists and objects stand inside each other. */
  readonly depth: number;
  /** How many values there are, give or take one for each list and object. */
  readonly values: number;
  /** Where numbers begin and end that might lose a digit as a double: pairs, in order. */
  readonly longNumbers: readonly number[];
};

/** Looks through a text without parsing it and without recursion: what is no JSON gives any result. */
export function scanJson(text: string): JsonScan {
  const longNumbers: number[] = [];
  let depth = 0;
  let deepest = 0;
  let values = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === quote) at = endOfString(text, at);
    else if (code === comma) values += 1;
    else if (code === openBracket || code === openBrace) {
      values += 1;
      depth += 1;
      if (depth > deepest) deepest = depth;
    } else if (code === closeBracket || code === closeBrace) depth -= 1;
    else if (code === minus || isDigit(code)) {
      const end = endOfNumber(text, at);
      if (mayBeLong(text, at, end)) longNumbers.push(at, end);
      at = end - 1;
    }
  }
  return { depth: deepest, values, longNumbers };
}

const [quote, comma, minus, backslash] = [0x22, 0x2c, 0x2d, 0x5c];
const [openBracket, closeBracket, openBrace, closeBrace] = [0x5b, 0x5d, 0x7b, 0x7d];

/** As many digits survive in every double. */
const sureDigits = 15;

function endOfString(text: string, start: number): number {
  let at = start + 1;
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === quote) break;
    if (code === backslash) at += 1;
  }
  return at;
}

function endOfNumber(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && isOfNumber(text.charCodeAt(at))) at += 1;
  return at;
}

function mayBeLong(text: string, start: number, end: number): boolean {
  if (end - start > sureDigits) return true;
  for (let at = start; at < end; at += 1) if ((text.charCodeAt(at) | 0x20) === 0x65) return true;
  return false;
}

/** Whether a double gives back every digit. What is no number in JSON is left for the parser to refuse. */
export function isHeld(token: string): boolean {
  const double = Number(token);
  if (String(double) === token) return true;
  // There may be a hundred thousand of these, and what follows is slow.
  if (double < 1e21 && /^[1-9]\d+$/.test(token)) return Number.isSafeInteger(double);
  const match = number.exec(token);
  if (match === null || toExactNumber(token) !== undefined) return true;
  const [, whole = "", fraction = ""] = match;
  // Many programs write doubles with 17 digits, which is more than it takes to tell one from the next.
  const digits = (whole + fraction).replace(/^0+/, "");
  if (fraction === "" || digits.length > 17) return false;
  const [mantissa = ""] = Math.abs(double)
    .toExponential(digits.length - 1)
    .split("e");
  return mantissa.replace(".", "") === digits;
}

const number = /^-?(0|[1-9]\d*)(?:\.(\d+))?(?:[eE][+-]?\d+)?$/;

/** A digit, a point, a sign or the letter of an exponent. */
function isOfNumber(code: number): boolean {
  return isDigit(code) || code === 0x2e || code === minus || code === 0x2b || (code | 0x20) === 0x65;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}
