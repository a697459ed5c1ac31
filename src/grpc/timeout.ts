import { fault } from "../errors/fault.ts";

const unitMs = { H: 3_600_000, M: 60_000, S: 1_000, m: 1, u: 0.001, n: 0.000_001 } as const;

/** The longest that is kept to: a timer of more than 24 days would end at once. */
const maxMs = 86_400_000;

/**
 * Reads `grpc-timeout`, in milliseconds, a day at most; undefined where there is none. Throws INVALID_REQUEST
 * (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md).
 */
export function parseTimeout(value: string | null): number | undefined {
  if (value === null) return undefined;
  const [, digits, unit] = /^(\d{1,8})([HMSmun])$/.exec(value) ?? [];
  if (digits === undefined) throw fault("INVALID_REQUEST", "grpc-timeout must be up to 8 digits and a unit");
  return Math.min(maxMs, Number(digits) * unitMs[unit as keyof typeof unitMs]);
}
