import { createHistogram } from "node:perf_hooks";
import type { LoadAnswer, LoadRequest } from "./sender.ts";

/** Latencies in milliseconds; 0 where there are none. */
type Latencies = {
  readonly count: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
};

/** What came of a load. */
export type LoadFigures = {
  /** How long it was offered. */
  readonly seconds: number;
  /** Requests that were sent. */
  readonly sent: number;
  /** How many answers of each status; those that never came are under why. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Of answers below 400. */
  readonly ok: Latencies;
  /** Of answers with 503. */
  readonly shed: Latencies;
  /** By how much requests left later than they were due: where that is long, the client was measured. */
  readonly late: Latencies;
  /** Answers below 400 by the second in which their request was due. */
  readonly goodput: readonly number[];
  /** The slowest of a hundred of those, by the same second. */
  readonly goodputP99: readonly number[];
  /** How many answers had a status that was not expected, or never came; and the first few. */
  readonly unexpectedCount: number;
  readonly unexpected: readonly string[];
  /** How many answers with 503 had no `Retry-After`. */
  readonly withoutRetryAfter: number;
  /** Answers that held what is another's, the first few. */
  readonly leaks: readonly string[];
  readonly leakCount: number;
};

/** When a request was due, since the start, and how much later it left and was answered; in milliseconds. */
type Times = { readonly dueMs: number; readonly lateMs: number; readonly latencyMs: number };

/** Counts what comes of a load. */
export type Tally = {
  count(request: LoadRequest, answer: LoadAnswer, times: Times): void;
  figures(seconds: number): LoadFigures;
};

const maxTold = 5;

/** Creates a tally of nothing. `canaries` is the pattern of texts of which an answer may hold its request's only. */
export function createTally(canaries: string | undefined): Tally {
  const pattern = canaries === undefined ? undefined : new RegExp(canaries, "g");
  const [ok, shed, late] = [createHistogram(), createHistogram(), createHistogram()];
  const seconds: { good: number; latencies: ReturnType<typeof createHistogram> }[] = [];
  const statuses: Record<string, number> = {};
  const leaks: string[] = [];
  const unexpected: string[] = [];
  let [sent, leakCount, unexpectedCount, withoutRetryAfter] = [0, 0, 0, 0];

  return {
    count(request, { status, problem, retryAfter, body }, { dueMs, lateMs, latencyMs }) {
      const us = toUs(latencyMs);
      late.record(toUs(lateMs));
      sent += 1;
      const came = problem ?? `${status}`;
      statuses[came] = (statuses[came] ?? 0) + 1;
      if (!(request.expected ?? [200]).includes(status)) {
        unexpectedCount += 1;
        if (unexpected.length < maxTold)
          unexpected.push(`${request.method} ${request.path}: ${came} ${body}`.slice(0, 300));
      }
      while (seconds.length <= dueMs / 1000) seconds.push({ good: 0, latencies: createHistogram() });
      if (status > 0 && status < 400) {
        ok.record(us);
        const second = seconds[Math.floor(dueMs / 1000)]!;
        second.good += 1;
        second.latencies.record(us);
      } else if (status === 503) {
        shed.record(us);
        if (retryAfter === undefined) withoutRetryAfter += 1;
      }
      for (const [found] of pattern === undefined ? [] : body.matchAll(pattern)) {
        if (found === request.canary) continue;
        leakCount += 1;
        if (leaks.length < maxTold) leaks.push(`${request.path} of ${request.canary} held ${found}`);
      }
    },
    figures: (lasted) => ({
      seconds: lasted,
      sent,
      statuses,
      ok: toLatencies(ok),
      shed: toLatencies(shed),
      late: toLatencies(late),
      goodput: seconds.map(({ good }) => good),
      goodputP99: seconds.map(({ latencies }) => toLatencies(latencies).p99),
      unexpectedCount,
      unexpected,
      withoutRetryAfter,
      leaks,
      leakCount,
    }),
  };
}

function toUs(ms: number): number {
  return Math.max(1, Math.round(ms * 1000));
}

function toLatencies(histogram: ReturnType<typeof createHistogram>): Latencies {
  if (histogram.count === 0) return { count: 0, p50: 0, p90: 0, p99: 0, max: 0 };
  const at = (percent: number) => histogram.percentile(percent) / 1000;
  return { count: histogram.count, p50: at(50), p90: at(90), p99: at(99), max: histogram.max / 1000 };
}
