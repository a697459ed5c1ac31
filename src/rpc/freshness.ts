import { defaultTtlS } from "../definition/ttl.ts";
import type { SourceOutcome } from "../source/runner.ts";

/** How a page's data stands in time, in epoch milliseconds. */
type Freshness = {
  /** When the oldest of it was read; undefined where there is none. */
  readonly asOfMs: number | undefined;
  /** Until when the page may be shown as it is; not after `nowMs` where the data was old when it came. */
  readonly untilMs: number;
};

/** How long a page with stale data is kept: new data is being read, and must show soon. */
const staleTtlMs = 1_000;

/** Returns rows as they stand in a page that may itself be out of date since a moment; undefined for one that is not. */
export function agedSince(outcome: SourceOutcome, sinceMs: number | undefined): SourceOutcome {
  if (sinceMs === undefined || !outcome.ok) return outcome;
  return { ...outcome, stale: true, asOfMs: Math.min(outcome.asOfMs, sinceMs) };
}

/**
 * Returns when the page's data was read, and until when the page may be kept: as long as all of its
 * data is fresh, or a second where some is stale, but never beyond the bound of what is stale.
 * `isStale` says that the page itself is.
 */
export function settleFreshness(outcomes: readonly SourceOutcome[], nowMs: number, isStale: boolean): Freshness {
  const read: number[] = [];
  const ends: number[] = isStale ? [nowMs + staleTtlMs] : [];
  for (const outcome of outcomes) {
    if (!outcome.ok) continue;
    // After the clock was set back, data that seems to come from the future is not fresh for longer.
    const asOfMs = Math.min(outcome.asOfMs, nowMs);
    read.push(outcome.asOfMs);
    ends.push(outcome.stale ? Math.min(nowMs + staleTtlMs, outcome.shownUntilMs) : asOfMs + outcome.ttlS * 1000);
  }
  return {
    asOfMs: read.length === 0 ? undefined : Math.min(...read),
    untilMs: ends.length === 0 ? nowMs + defaultTtlS * 1000 : Math.min(...ends),
  };
}
