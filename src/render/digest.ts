import { hash } from "node:crypto";
import type { Safe } from "../chart/safe.ts";

/**
 * Names what is shown by its content, in twelve letters: a page that has it already need not take it
 * again. 72 bits are enough, because a page compares two of one place.
 */
export function digestOf(...parts: readonly (string | Safe)[]): string {
  return hash("sha256", parts.join("\n"), "base64url").slice(0, 12);
}

/** As long as any digest, for what is measured and not shown. */
export const anyDigest: string = "-".repeat(12);
