import { createHash } from "node:crypto";
import { maxStaleSOf, ttlSOf } from "../definition/ttl.ts";
import type { Frame } from "../frame/frame.ts";
import type { Deadlines } from "./deadlines.ts";
import type { ReportFailure } from "./failure-report.ts";
import { frameBytes } from "./frame-bytes.ts";
import type { SourceOutcome, SourceQuery } from "./runner.ts";

/**
 * Remembers results by tenant and key, loads each once however many ask, and answers with one that is
 * not fresh while it does. A failure is remembered for seconds.
 */
export type SourceCache = <V extends object, F>(
  key: { readonly tenant: string; readonly key: string },
  ask: {
    readonly load: () => Promise<{ readonly value: V; readonly bytes: number }>;
    readonly explain: (error: unknown) => F;
    readonly freshMs: number;
    readonly maxStaleMs: number;
  },
) => Promise<
  | { readonly ok: true; readonly value: V; readonly asOfMs: number; readonly stale: boolean }
  | { readonly ok: false; readonly failure: F }
>;

/** How rows are had that are not kept. */
type Load = {
  /** Everything that the rows depend on, besides the tenant. */
  readonly parts: readonly unknown[];
  readonly timeoutMs: number;
  readonly read: (signal: AbortSignal) => Promise<Frame>;
};

/** Reads the rows of a query, unless they are kept. Never rejects. */
export type ReadThroughCache = (query: SourceQuery, load: Load) => Promise<SourceOutcome>;

/** Creates the way to rows. A failure is logged where it happens, once for all who wait. */
export function createReadThroughCache({
  cache,
  deadlines,
  report,
}: {
  readonly cache: SourceCache;
  readonly deadlines: Deadlines;
  readonly report: ReportFailure;
}): ReadThroughCache {
  return async (query, { parts, timeoutMs, read }) => {
    const ttlS = ttlSOf(query.datasource);
    const maxStaleS = maxStaleSOf(query.datasource);
    const key = createHash("sha256")
      .update(JSON.stringify([...parts, ttlS, maxStaleS]))
      .digest("base64url");
    const answer = await cache(
      { tenant: query.tenant, key },
      {
        load: async () => {
          const frame = await deadlines.run(timeoutMs, read);
          return { value: frame, bytes: frameBytes(frame) };
        },
        explain: (error) => report(query, error),
        freshMs: ttlS * 1000,
        maxStaleMs: maxStaleS * 1000,
      },
    );
    if (!answer.ok) return answer;
    const { value: frame, asOfMs, stale } = answer;
    return { ok: true, frame, asOfMs, stale, ttlS, shownUntilMs: asOfMs + Math.max(ttlS, maxStaleS) * 1000 };
  };
}
