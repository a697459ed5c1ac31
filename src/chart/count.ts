import type { Voice } from "./intl.ts";

/** Returns a count with its noun: `1 dot`, `1,204 dots`. */
export function countOf(count: number, noun: string, voice: Voice): string {
  return `${voice.number("", () => ({})).format(count)} ${noun}${count === 1 ? "" : "s"}`;
}
