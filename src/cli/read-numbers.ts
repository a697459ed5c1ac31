import { usageError } from "./cli-error.ts";

const unitsS = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 } as const;

/** Reads a time such as `7d`, `12h` or `90m`, or plain seconds, in seconds. Throws an error of usage. */
export function readDurationS(option: string, text: string): number {
  const [, digits, unit = "s"] = /^([1-9]\d{0,8})([smhdw])?$/.exec(text) ?? [];
  const seconds = Number(digits) * unitsS[unit as keyof typeof unitsS];
  if (seconds <= 2 ** 31 - 1) return seconds;
  throw usageError(`${option} takes a time such as 7d, 12h or 90m (units s, m, h, d, w)`);
}

/** Reads a whole number that an option takes. Throws an error of usage. */
export function readWhole(option: string, text: string, min: number, max = 2 ** 31 - 1): number {
  const number = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= min && number <= max) return number;
  throw usageError(`${option} takes a whole number from ${min}${max < 2 ** 31 - 1 ? ` to ${max}` : ""}`);
}
