import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { ClickhouseConnectionSchema, ConnectionSecretSchema } from "../../gen/datajetty/dashboards/v1/connection_pb.js";
import { type BoundValue, createBinding } from "../../src/definition/filter-value.ts";
import { parseQuery } from "../../src/definition/query.ts";
import type { Column, Frame } from "../../src/frame/frame.ts";
import { createClickhouseConnector } from "../../src/source/clickhouse/connector.ts";
import type { OpenConnection, ReadBounds } from "../../src/source/connector.ts";

/** Where a test's servers are found that are no dependencies: `.ci/run` puts them there. */
export const enginesFolder = process.env.TEST_ENGINES ?? new URL("../../.data/test-engines", import.meta.url).pathname;

/** A connection to a port of loopback, in plain text, with what a test says of it. */
export function clickhouseConnection(
  port: number,
  init: MessageInitShape<typeof ClickhouseConnectionSchema> = {},
  { password = "secret", revision = 1 }: { readonly password?: string; readonly revision?: number } = {},
): OpenConnection<"clickhouse"> {
  const value = create(ClickhouseConnectionSchema, { host: "clickhouse.test", port, tls: "off", ...init });
  return {
    ...{ tenant: "a", name: "events", revision },
    kind: { case: "clickhouse", value },
    secret: async () => create(ConnectionSecretSchema, { password }),
  };
}

/** Generous bounds. */
export const bounds: ReadBounds = {
  timezone: "Europe/Berlin",
  maxRows: 10_000,
  maxBytes: 4_000_000,
  timeoutMs: 10_000,
  signal: new AbortController().signal,
};

/** A connector for which every host is on loopback. */
export function createTestConnector() {
  const connector = createClickhouseConnector({ resolve: async (_, port) => ({ host: "127.0.0.1", port }) });
  return {
    ...connector,
    ask: (
      connection: OpenConnection<"clickhouse">,
      sql: string,
      filters: Readonly<Record<string, BoundValue>> = {},
      within: Partial<ReadBounds> = {},
    ) =>
      connector.read(
        connection,
        { template: parseQuery(sql), binding: createBinding(Object.entries(filters)) },
        { ...bounds, ...within },
      ),
  };
}

/** A frame's rows, as a test writes them: no value is null, a time its text in UTC. */
export function rowsOf(frame: Frame): unknown[][] {
  return Array.from({ length: frame.length }, (_, row) => frame.columns.map((column) => cellOf(column, row)));
}

function cellOf(column: Column, row: number): unknown {
  const value = column.values[row];
  if (typeof value === "number") {
    if (Number.isNaN(value)) return null;
    if (column.type !== "time") return value;
    const text = new Date(value).toISOString();
    return column.zoned ? text : text.replace("Z", "");
  }
  return value instanceof Float64Array ? Array.from(value, (item) => (Number.isNaN(item) ? null : item)) : value;
}
