import { createHash } from "node:crypto";
import type { Datasource, DuckdbSource } from "../../gen/datajetty/dashboards/v1/datasource_pb.js";
import { type Binding, bindingKey, createBinding } from "../definition/filter-value.ts";
import { bindQuery, parseQuery, type QueryTemplate } from "../definition/query.ts";
import { ttlSOf } from "../definition/ttl.ts";
import type { Frame } from "../frame/frame.ts";
import type { Log } from "../log/log.ts";
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
};

/** Rows, when they were read (epoch milliseconds), and for how long they count as fresh from then. */
type SourceResult = { readonly frame: Frame; readonly asOfMs: number; readonly ttlS: number };

/** What came of a query. */
export type SourceOutcome =
  | ({ readonly ok: true; readonly stale: boolean } & SourceResult)
  | { readonly ok: false; readonly failure: SourceFailure };

/** Runs queries against datasources of every kind. */
export type SourceRunner = {
  /**
   * Returns rows no older than the datasource's ttl, or why there are none. Never rejects, and always
   * has an end. The query goes on when its caller goes away, for others may wait for the same.
   */
  run(query: SourceQuery): Promise<SourceOutcome>;
  /** Ends what it runs. */
  close(): Promise<void>;
};

/** Remembers results by tenant and key, loads each once however many ask, and keeps no failure. */
type SourceCache = <V extends object>(
  key: { readonly tenant: string; readonly key: string },
  load: () => Promise<{ readonly value: V; readonly ttlMs: number; readonly bytes: number }>,
) => Promise<V>;

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
  const templates = new WeakMap<DuckdbSource, QueryTemplate>();

  return {
    async run(query) {
      try {
        return { ok: true, stale: false, ...(await read(query)) };
      } catch (error) {
        return { ok: false, failure: report(query, error) };
      }
    },
    close: () => duckdb.close(),
  };

  async function read({ tenant, datasource, binding, timezone }: SourceQuery): Promise<SourceResult> {
    const { source } = datasource;
    const ttlS = ttlSOf(datasource);
    switch (source.case) {
      case "inline":
        return { frame: inlineToFrame(source.value, binding, { timezone, maxRows }), asOfMs: now(), ttlS };
      case "duckdb":
        return readDuckdb(source.value, { tenant, binding, timezone, ttlS });
      default:
        throw new SourceError("source_failed", "unknown kind of source");
    }
  }

  async function readDuckdb(
    source: DuckdbSource,
    { tenant, binding, timezone, ttlS }: Omit<SourceQuery, "datasource"> & { readonly ttlS: number },
  ): Promise<SourceResult> {
    const { sql, names } = bindQuery(templateOf(source), binding);
    const params = createBinding(names.map((name) => [name, binding[name] ?? null]));
    const located = await duckdb.locate(tenant, source.files);
    // Exactly what the rows depend on, so that a file that has changed is read again at once.
    const parts = ["duckdb", located, sql, bindingKey(params), timezone, ttlS];
    const key = createHash("sha256").update(JSON.stringify(parts)).digest("base64url");
    return cache({ tenant, key }, async () => {
      const asOfMs = now();
      const job = { ...located, sql, params, timezone, maxRows, maxBytes };
      const frame = await withDeadline(timeoutMs, (signal) => duckdb.query(tenant, job, signal));
      return { value: { frame, asOfMs, ttlS }, ttlMs: asOfMs + ttlS * 1000 - now(), bytes: frameBytes(frame) };
    });
  }

  /** Takes a query apart once for as long as its definition is kept. */
  function templateOf(source: DuckdbSource): QueryTemplate {
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

/** A timer of its own: what AbortSignal.timeout and AbortSignal.any make may be collected and never fire. */
async function withDeadline<T>(timeoutMs: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), timeoutMs);
  try {
    return await work(deadline.signal);
  } finally {
    clearTimeout(timer);
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
