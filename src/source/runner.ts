import type { Datasource } from "../../gen/datajetty/dashboards/v1/datasource_pb.js";
import type { Binding } from "../definition/filter-value.ts";
import { ttlSOf } from "../definition/ttl.ts";
import type { Frame } from "../frame/frame.ts";
import type { Log } from "../log/log.ts";
import { createSourceBinding } from "./bind-source.ts";
import type { ConnectionGuard } from "./connection-guard.ts";
import { createRevisions } from "./connection-revisions.ts";
import type { Connectors } from "./connectors.ts";
import { createDeadlines } from "./deadlines.ts";
import { runInOrder, type SourceRead } from "./derived.ts";
import type { DuckdbPool } from "./duckdb/pool.ts";
import { createFailureReport } from "./failure-report.ts";
import { inlineToFrame } from "./inline.ts";
import { createConnectionReads, type FindConnection } from "./read-connection.ts";
import { createFileReads } from "./read-files.ts";
import { createReadThroughCache, type SourceCache } from "./source-cache.ts";
import { SourceError, type SourceFailure } from "./source-error.ts";
import { type OnRead, outcomeOf } from "./source-read-seen.ts";

/** What to ask of a datasource, and for whom. */
export type SourceQuery = {
  readonly tenant: string;
  readonly datasource: Datasource;
  /** The filters' values; those that the datasource does not name do not matter. */
  readonly binding: Binding;
  /** The IANA name of the zone in which it reads wall clocks. */
  readonly timezone: string;
  /** Those of its definition, which a derived one reads; none where absent. */
  readonly datasources?: readonly Datasource[];
  /** Aborted when whoever asks has left. Without it they stay. */
  readonly abandoned?: AbortSignal;
};

/** Rows, and how they stand in time, in epoch milliseconds. */
type SourceResult = {
  readonly frame: Frame;
  /** When they were read. */
  readonly asOfMs: number;
  /** For how long they count as fresh from then, in seconds. */
  readonly ttlS: number;
  /** Until when they may be shown at all, where new ones cannot be had. */
  readonly shownUntilMs: number;
};

/** What came of a query. */
export type SourceOutcome =
  | ({ readonly ok: true; readonly stale: boolean } & SourceResult)
  | { readonly ok: false; readonly failure: SourceFailure };

/** Runs queries against datasources of every kind. */
export type SourceRunner = {
  /**
   * Returns rows no older than the datasource's ttl, or at once those that are `stale` and within its
   * bound, while one query in the background reads new ones; or why there are none. Never rejects, and
   * always has an end. The query goes on while anybody waits for the same, and ends when they have all left; one in
   * the background goes on.
   */
  run(query: SourceQuery): Promise<SourceOutcome>;
  /**
   * Returns a text that changes whenever a connection of the datasources is saved or deleted: what is made of
   * their rows can be kept by it: at once where the connections are known. Never rejects.
   */
  revisions(tenant: string, datasources: readonly Datasource[]): string | Promise<string>;
  /** Ends what it runs. What was handed in is its owner's to close. */
  close(): Promise<void>;
};

/** What a runner works with, and its limits. */
export type SourceRunnerOptions = {
  readonly duckdb: DuckdbPool;
  readonly connectors: Connectors;
  readonly findConnection: FindConnection;
  readonly guard: ConnectionGuard;
  readonly cache: SourceCache;
  readonly now: () => number;
  readonly log: Log;
  readonly timeoutsMs: SourceTimeouts;
  /** Rows of a result beyond it are left out. */
  readonly maxRows: number;
  /** As `maxRows`, for the bytes that a result takes in memory. */
  readonly maxBytes: number;
  /** Told of each read, also of one that could not begin; nobody unless told. */
  readonly onRead?: OnRead | undefined;
};

/** How long a datasource may take, waiting included, in milliseconds. */
type SourceTimeouts = {
  /** One query. */
  readonly sql: number;
  /** An answer by HTTP or gRPC. */
  readonly service: number;
  /** A derived datasource, with all that it reads. */
  readonly derived: number;
};

/** Creates the runner. It logs every failure by tenant, datasource and category, never by content. */
export function createSourceRunner(options: SourceRunnerOptions): SourceRunner {
  const { now, timeoutsMs, maxRows, onRead } = options;
  const report = createFailureReport(options.log);
  const deadlines = createDeadlines();
  const readThrough = createReadThroughCache({ cache: options.cache, deadlines, report, onRead });
  const files = createFileReads({ ...options, readThrough, timeoutMs: timeoutsMs.sql });
  const connections = createConnectionReads({ ...options, readThrough, files });
  const bind = createSourceBinding();

  return {
    run(query) {
      const startMs = performance.now();
      return runInOrder(query.datasource, query.datasources ?? [], async (datasource, reads) => {
        const each = { ...query, datasource };
        try {
          return await read(each, reads, startMs);
        } catch (error) {
          const { id, source } = datasource;
          onRead?.({ kind: source.case ?? "none", datasource: id, outcome: outcomeOf(error), ms: undefined });
          return { ok: false, failure: report(each, error) };
        }
      });
    },
    revisions: createRevisions(options.findConnection),
    async close() {
      deadlines.close();
    },
  };

  async function read(query: SourceQuery, reads: readonly SourceRead[], startMs: number): Promise<SourceOutcome> {
    const { datasource, binding, timezone } = query;
    const { source } = datasource;
    switch (source.case) {
      case "inline":
        return {
          ok: true,
          stale: false,
          frame: inlineToFrame(source.value, binding, { timezone, maxRows }),
          asOfMs: now(),
          ttlS: ttlSOf(datasource),
          shownUntilMs: Number.POSITIVE_INFINITY,
        };
      case "duckdb":
        return files.read(query, bind.query(source.value, binding), source.value.files);
      case "derived": {
        const leftMs = timeoutsMs.derived - (performance.now() - startMs);
        return files.derived(query, bind.query(source.value, binding), source.value, reads, leftMs);
      }
      case "sql":
        return connections.sql(query, bind.query(source.value, binding), source.value);
      case "http":
        return connections.http(query, bind.http(source.value, binding), source.value);
      case "grpc":
        return connections.grpc(query, bind.grpc(source.value, binding), source.value);
      default:
        throw new SourceError("source_failed", "unknown kind of source");
    }
  }
}
