import { createHash } from "node:crypto";
import type { Datasource, DerivedSource, DuckdbSource } from "../../gen/datajetty/dashboards/v1/datasource_pb.js";
import { type Binding, bindingKey, createBinding } from "../definition/filter-value.ts";
import { bindQuery, parseQuery, type QueryTemplate } from "../definition/query.ts";
import { maxStaleSOf, ttlSOf } from "../definition/ttl.ts";
import type { Frame } from "../frame/frame.ts";
import type { Log } from "../log/log.ts";
import { runInOrder, type SourceRead, toDerivedInputs } from "./derived.ts";
import type { DuckdbPool } from "./duckdb-pool.ts";
import { inlineToFrame } from "./inline.ts";
import { SourceError, type SourceFailure } from "./source-error.ts";

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
   * always has an end. The query goes on when its caller goes away, for others may wait for the same.
   */
  run(query: SourceQuery): Promise<SourceOutcome>;
  /** Ends what it runs. */
  close(): Promise<void>;
};

/**
 * Remembers results by tenant and key, loads each once however many ask, and answers with one that is
 * not fresh while it does. A failure is remembered for seconds.
 */
type SourceCache = <V extends object, F>(
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

/** What a runner works with, and its limits. */
export type SourceRunnerOptions = {
  readonly duckdb: DuckdbPool;
  readonly cache: SourceCache;
  readonly now: () => number;
  readonly log: Log;
  /** How long a query may take, waiting included. */
  readonly timeoutMs: number;
  /** Rows of a result beyond it are left out. */
  readonly maxRows: number;
  /** As `maxRows`, for the bytes that a result takes in memory. */
  readonly maxBytes: number;
};

/** Creates the runner. It logs every failure by tenant, datasource and category, never by content. */
export function createSourceRunner(options: SourceRunnerOptions): SourceRunner {
  const { duckdb, cache, now, log, timeoutMs, maxRows, maxBytes } = options;
  const templates = new WeakMap<DuckdbSource | DerivedSource, QueryTemplate>();
  /** Of the queries that run, also those for which nobody waits. */
  const deadlines = new Set<AbortController>();
  let closed = false;

  return {
    run(query) {
      const startMs = performance.now();
      return runInOrder(query.datasource, query.datasources ?? [], async (datasource, reads) => {
        const each = { ...query, datasource };
        try {
          return await read(each, reads, startMs);
        } catch (error) {
          return { ok: false, failure: report(each, error) };
        }
      });
    },
    close() {
      closed = true;
      for (const deadline of deadlines) deadline.abort();
      return duckdb.close();
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
        return readDuckdb(source.value, query);
      case "derived":
        return readDerived(source.value, query, reads, startMs);
      default:
        throw new SourceError("source_failed", "unknown kind of source");
    }
  }

  /** A file's size and time of change are in the key: of one that has changed, nothing stale is there to be shown. */
  async function readDuckdb(source: DuckdbSource, query: SourceQuery): Promise<SourceOutcome> {
    const { tenant, binding, timezone } = query;
    const { sql, names } = bindQuery(templateOf(source), binding);
    const params = createBinding(names.map((name) => [name, binding[name] ?? null]));
    const located = await duckdb.locate(tenant, source.files);
    // Exactly what the rows depend on, so that a file that has changed is read again at once.
    return readThroughCache(query, ["duckdb", located, sql, bindingKey(params), timezone], (signal) =>
      duckdb.query(tenant, { ...located, sql, params, timezone, maxRows, maxBytes }, signal),
    );
  }

  /** What it reads is in the key by content: rows that were read anew and are the same need no new query. */
  async function readDerived(
    source: DerivedSource,
    query: SourceQuery,
    reads: readonly SourceRead[],
    startMs: number,
  ): Promise<SourceOutcome> {
    const { tenant, binding, timezone } = query;
    // It was logged where it happened; here it would be logged anew by each render.
    const failed = reads.find(({ outcome }) => !outcome.ok);
    if (failed !== undefined) return failed.outcome;
    const { tables, key, truncated, date } = toDerivedInputs(source.from, reads, { maxBytes, frameBytes });
    const { sql, names } = bindQuery(templateOf(source), binding);
    const params = createBinding(names.map((name) => [name, binding[name] ?? null]));
    const load = async (signal: AbortSignal) => {
      const job = { files: [], tables, sql, params, timezone, maxRows, maxBytes };
      const frame = await duckdb.query(tenant, job, signal);
      return truncated ? { ...frame, truncated } : frame;
    };
    const leftMs = timeoutMs - (performance.now() - startMs);
    const outcome = await readThroughCache(query, ["derived", key, sql, bindingKey(params), timezone], load, leftMs);
    return outcome.ok ? date(outcome) : outcome;
  }

  /** Reads what `parts` name, unless it is kept. A failure is logged where it happens, once for all who wait. */
  async function readThroughCache(
    query: SourceQuery,
    parts: readonly unknown[],
    load: (signal: AbortSignal) => Promise<Frame>,
    leftMs = timeoutMs,
  ): Promise<SourceOutcome> {
    const ttlS = ttlSOf(query.datasource);
    const maxStaleS = maxStaleSOf(query.datasource);
    const key = createHash("sha256")
      .update(JSON.stringify([...parts, ttlS, maxStaleS]))
      .digest("base64url");
    const answer = await cache(
      { tenant: query.tenant, key },
      {
        load: async () => {
          const frame = await withDeadline(load, leftMs);
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
  }

  /** A timer of its own: what AbortSignal.timeout and AbortSignal.any make may be collected and never fire. */
  async function withDeadline<T>(work: (signal: AbortSignal) => Promise<T>, leftMs: number): Promise<T> {
    if (closed) throw new SourceError("source_unavailable", "closed");
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), leftMs);
    deadlines.add(deadline);
    try {
      return await work(deadline.signal);
    } finally {
      clearTimeout(timer);
      deadlines.delete(deadline);
    }
  }

  /** Takes a query apart once for as long as its definition is kept. */
  function templateOf(source: DuckdbSource | DerivedSource): QueryTemplate {
    const known = templates.get(source);
    if (known !== undefined) return known;
    const template = parseQuery(source.query);
    templates.set(source, template);
    return template;
  }

  function report({ tenant, datasource }: SourceQuery, error: unknown): SourceFailure {
    const where = { tenant, datasource: datasource.id };
    if (error instanceof SourceError) {
      log.warn({ ...where, failure: error.failure, category: error.message }, "a source gave no rows");
      return error.failure;
    }
    log.error({ ...where, error }, "reading a source went wrong");
    return "source_failed";
  }
}

function frameBytes({ columns, length }: Frame): number {
  const cellBytes = 8;
  const bytes = columns.map((column) => {
    const [contents, unitBytes] =
      column.type === "string" ? [column.values, 2] : column.type === "numbers" ? [column.values, 8] : [[], 0];
    return contents.reduce((sum, content) => sum + unitBytes * (content?.length ?? 0), length * cellBytes);
  });
  return bytes.reduce((sum, each) => sum + each, 0);
}
