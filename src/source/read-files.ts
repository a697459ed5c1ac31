import type { DerivedSource, DuckdbFile } from "../../gen/datajetty/dashboards/v1/datasource_pb.js";
import type { BoundQuery } from "./bind-source.ts";
import { type SourceRead, toDerivedInputs } from "./derived.ts";
import type { DuckdbPool } from "./duckdb/pool.ts";
import { frameBytes } from "./frame-bytes.ts";
import type { SourceOutcome, SourceQuery } from "./runner.ts";
import type { ReadThroughCache } from "./source-cache.ts";

/** Reads by DuckDB. */
export type ReadFiles = {
  /**
   * Reads files. Their size and time of change are in the key: of one that has changed, nothing stale is
   * there to be shown.
   *
   * @param parts what else the rows depend on
   */
  read(
    query: SourceQuery,
    bound: BoundQuery,
    files: readonly DuckdbFile[],
    parts?: readonly unknown[],
  ): Promise<SourceOutcome>;
  /** Reads what others have read, which is in the key by content: rows that are the same need no new query. */
  derived(
    query: SourceQuery,
    bound: BoundQuery,
    source: DerivedSource,
    reads: readonly SourceRead[],
    leftMs: number,
  ): Promise<SourceOutcome>;
};

/** Creates the reading by DuckDB. */
export function createFileReads(options: {
  readonly duckdb: DuckdbPool;
  readonly readThrough: ReadThroughCache;
  readonly timeoutMs: number;
  readonly maxRows: number;
  readonly maxBytes: number;
}): ReadFiles {
  const { duckdb, readThrough, timeoutMs, maxRows, maxBytes } = options;
  return {
    async read(query, { sql, binding, key }, files, parts = []) {
      const { tenant, timezone } = query;
      const located = await duckdb.locate(tenant, files);
      const job = { ...located, sql, params: binding, timezone, maxRows, maxBytes };
      // Exactly what the rows depend on, so that a file that has changed is read again at once.
      return readThrough(query, {
        kind: "duckdb",
        parts: ["duckdb", ...parts, located, key, timezone],
        timeoutMs,
        read: (signal) => duckdb.query(tenant, job, signal),
      });
    },

    async derived(query, { sql, binding, key }, source, reads, leftMs) {
      const { tenant, timezone } = query;
      // It was logged where it happened; here it would be logged anew by each render.
      const failed = reads.find(({ outcome }) => !outcome.ok);
      if (failed !== undefined) return failed.outcome;
      const { tables, key: content, truncated, date } = toDerivedInputs(source.from, reads, { maxBytes, frameBytes });
      const job = { files: [], tables, sql, params: binding, timezone, maxRows, maxBytes };
      const outcome = await readThrough(query, {
        kind: "derived",
        parts: ["derived", content, key, timezone],
        timeoutMs: Math.min(timeoutMs, leftMs),
        read: async (signal) => {
          const frame = await duckdb.query(tenant, job, signal);
          return truncated ? { ...frame, truncated } : frame;
        },
      });
      return outcome.ok ? date(outcome) : outcome;
    },
  };
}
