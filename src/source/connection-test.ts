import { createBinding } from "../definition/filter-value.ts";
import { bindQuery, readQuery } from "../definition/query.ts";
import { createBulkhead } from "../limit/bulkhead.ts";
import type { Log } from "../log/log.ts";
import type { OpenConnection, ReadBounds } from "./connector.ts";
import { type Connectors, isOfKind } from "./connectors.ts";
import { createDeadlines } from "./deadlines.ts";
import type { DuckdbPool } from "./duckdb/pool.ts";
import { SourceError } from "./source-error.ts";
import type { SqlQuestion } from "./sql-question.ts";

/** Tries connections. */
export type ConnectionTest = {
  /**
   * Reaches a connection, and runs a query by it if one is given, with every filter unset. Returns what is
   * wrong in words for whoever runs the connection, without an address, a secret or data; empty where
   * everything works. Never rejects, and has an end within 6 s.
   */
  test(tenant: string, connection: OpenConnection, query: string): Promise<string>;
  /** Ends what it runs. */
  close(): void;
};

/** Connecting and the query together. */
const timeoutMs = 5_000;

/** Enough to see that rows come. */
const bounds = { timezone: "UTC", maxRows: 10, maxBytes: 65_536 };

/** Creates the test. It asks also what is left alone for a while: whoever tests a connection may just have mended it. */
export function createConnectionTest({
  connectors,
  duckdb,
  log,
}: {
  readonly connectors: Connectors;
  readonly duckdb: DuckdbPool;
  readonly log: Log;
}): ConnectionTest {
  const deadlines = createDeadlines();
  const bulkhead = createBulkhead({ perKey: 2, total: 16, waitMs: 500, refusal: busy });

  return {
    async test(tenant, connection, query) {
      try {
        await bulkhead.run(tenant, () =>
          deadlines.run(timeoutMs, (signal) => {
            const to = { ...bounds, timeoutMs, signal };
            return query === "" ? probe(connection, to) : ask(connection, query, to);
          }),
        );
        return "";
      } catch (error) {
        if (error instanceof SourceError) return error.message;
        log.error({ tenant, error }, "testing a connection went wrong");
        return "something went wrong on our side: try again";
      }
    },
    close: deadlines.close,
  };

  async function probe(connection: OpenConnection, to: ReadBounds): Promise<void> {
    if (isOfKind(connection, "postgres")) return connectors.postgres.probe(connection, to);
    if (isOfKind(connection, "clickhouse")) return connectors.clickhouse.probe(connection, to);
    if (isOfKind(connection, "http")) return connectors.http.probe(connection, to);
    if (isOfKind(connection, "grpc")) return connectors.grpc.probe(connection, to);
    return ask(connection, "select 1", to);
  }

  async function ask(connection: OpenConnection, query: string, to: ReadBounds): Promise<void> {
    const question = toQuestion(query);
    if (isOfKind(connection, "postgres")) await connectors.postgres.read(connection, question, to);
    else if (isOfKind(connection, "clickhouse")) await connectors.clickhouse.read(connection, question, to);
    else if (isOfKind(connection, "duckdb")) await readFiles(connection, question, to);
    else throw new SourceError("source_failed", "the connection takes no SQL: test it without a query");
  }

  async function readFiles(
    { tenant, kind }: OpenConnection<"duckdb">,
    { template, binding: params }: SqlQuestion,
    { signal }: ReadBounds,
  ): Promise<void> {
    const located = await duckdb.locate(tenant, kind.value.files);
    const { sql, names } = bindQuery(template, params);
    // An optional clause that went has taken its placeholders along, which DuckDB would not know.
    const kept = createBinding(names.map((name) => [name, null]));
    await duckdb.query(tenant, { ...located, ...bounds, sql, params: kept }, signal);
  }
}

function toQuestion(query: string): SqlQuestion {
  const { template, problem } = readQuery(query);
  if (problem !== undefined) throw new SourceError("source_failed", `the query cannot be read: ${problem}`);
  return { template, binding: createBinding(template.placeholders.map((name) => [name, null])) };
}

function busy(): SourceError {
  return new SourceError("source_unavailable", "other connections are being tested: try again in a second");
}
