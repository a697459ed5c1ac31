import type { GrpcSource, HttpSource, SqlSource } from "../../gen/datajetty/dashboards/v1/datasource_pb.js";
import type { ConnectionKind } from "../definition/connection-settings.ts";
import { Abandoned } from "./abandoned.ts";
import type { BoundQuery, BoundSource } from "./bind-source.ts";
import type { ConnectionGuard } from "./connection-guard.ts";
import type { Connector, OpenConnection } from "./connector.ts";
import { type Connectors, isOfKind } from "./connectors.ts";
import type { ReadFiles } from "./read-files.ts";
import type { SourceOutcome, SourceQuery } from "./runner.ts";
import type { ReadThroughCache } from "./source-cache.ts";
import { SourceError } from "./source-error.ts";

/**
 * Finds a tenant's connection as it is now, at once where that is known; undefined where there is none. Rejects where that
 * cannot be told.
 */
export type FindConnection = (
  tenant: string,
  name: string,
) => OpenConnection | undefined | Promise<OpenConnection | undefined>;

/**
 * Reads by a tenant's connections. The connection's revision is in the key: what was read by one is never
 * shown for another. Throws SourceError where there is no connection of a kind that goes with the source.
 */
export type ReadConnections = {
  sql(query: SourceQuery, bound: BoundQuery, source: SqlSource): Promise<SourceOutcome>;
  http(query: SourceQuery, bound: BoundSource, source: HttpSource): Promise<SourceOutcome>;
  grpc(query: SourceQuery, bound: BoundSource, source: GrpcSource): Promise<SourceOutcome>;
};

/** What is asked of a connector, and how that is named. */
type Ask<Case extends ConnectionKind["case"], Question> = {
  readonly connector: Connector<Case, Question>;
  readonly connection: OpenConnection<Case>;
  readonly question: Question;
  readonly key: string;
  readonly timeoutMs: number;
};

/** Creates the reading by connections. */
export function createConnectionReads(options: {
  readonly findConnection: FindConnection;
  readonly connectors: Connectors;
  readonly guard: ConnectionGuard;
  readonly files: ReadFiles;
  readonly readThrough: ReadThroughCache;
  readonly timeoutsMs: { readonly sql: number; readonly service: number };
  readonly maxRows: number;
  readonly maxBytes: number;
}): ReadConnections {
  const { findConnection, connectors, guard, files, readThrough, timeoutsMs, maxRows, maxBytes } = options;

  return {
    async sql(query, bound, source) {
      const connection = await find(query.tenant, source.connection);
      const { template, binding, key } = bound;
      const rest = { question: { template, binding }, key, timeoutMs: timeoutsMs.sql };
      if (isOfKind(connection, "postgres")) return ask(query, { connector: connectors.postgres, connection, ...rest });
      if (isOfKind(connection, "clickhouse")) {
        return ask(query, { connector: connectors.clickhouse, connection, ...rest });
      }
      if (!isOfKind(connection, "duckdb")) throw wrongKind("the connection takes no SQL");
      return files.read(query, bound, connection.kind.value.files, [connection.name, connection.revision]);
    },

    async http(query, { binding, key }, source) {
      const connection = await find(query.tenant, source.connection);
      if (!isOfKind(connection, "http")) throw wrongKind("the connection is not of kind http");
      const question = { source, binding };
      return ask(query, { connector: connectors.http, connection, question, key, timeoutMs: timeoutsMs.service });
    },

    async grpc(query, { binding, key }, source) {
      const connection = await find(query.tenant, source.connection);
      if (!isOfKind(connection, "grpc")) throw wrongKind("the connection is not of kind grpc");
      const question = { source, binding };
      return ask(query, { connector: connectors.grpc, connection, question, key, timeoutMs: timeoutsMs.service });
    },
  };

  async function find(tenant: string, name: string): Promise<OpenConnection> {
    const connection = await Promise.resolve(findConnection(tenant, name)).catch(() => {
      throw new SourceError("source_unavailable", "the connection cannot be looked up just now");
    });
    if (connection === undefined) throw new SourceError("source_failed", "there is no such connection");
    return connection;
  }

  function ask<Case extends ConnectionKind["case"], Question>(
    query: SourceQuery,
    { connector, connection, question, key, timeoutMs }: Ask<Case, Question>,
  ): Promise<SourceOutcome> {
    const { timezone } = query;
    const { kind, name, revision } = connection;
    return readThrough(query, {
      kind: kind.case,
      parts: ["connection", kind.case, name, revision, key, timezone],
      timeoutMs,
      read: (signal) =>
        guard.run(connection, timeoutMs, async (leftMs) => {
          if (signal.reason instanceof Abandoned) throw signal.reason;
          if (signal.aborted) throw new SourceError("source_unavailable", "the service is ending");
          const bounds = { timezone, maxRows, maxBytes, timeoutMs: leftMs, signal };
          try {
            return await connector.read(connection, question, bounds);
          } catch (error) {
            // To the connector it is a timeout like any other.
            throw signal.reason instanceof Abandoned ? signal.reason : error;
          }
        }),
    });
  }
}

function wrongKind(category: string): SourceError {
  return new SourceError("source_failed", category);
}
