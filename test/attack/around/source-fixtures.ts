import type { JsonObject } from "@bufbuild/protobuf";

/** The connections that a case's dashboards lead to, by what they are. */
type CaseConnections = { readonly sql: string; readonly http: string; readonly grpc: string };

/** Which upstreams a dashboard asks. */
type Asks = { readonly http?: true; readonly grpc?: true };

/** A dashboard of a case's own. */
export type SourceFixture = {
  readonly asks: Asks;
  readonly definition: (dashboardId: string, connections: CaseConnections) => JsonObject;
};

/** The dashboards of vars.json that read other systems. Each case has its own of them, on connections of its own. */
export const sourceFixtures: Readonly<Record<string, SourceFixture>> = {
  dash_A: { asks: {}, definition: (id, { sql }) => sales(id, sql) },
  dash_A_duck: { asks: {}, definition: (id) => tables(id, { duck: duckdb() }) },
  dash_A_http: { asks: { http: true }, definition: (id, { http }) => tables(id, { web: web(http) }) },
  dash_A_http_nocache: {
    asks: { http: true },
    definition: (id, { http }) => tables(id, { web: { ...web(http), ttl_s: 1, max_stale_s: 0 } }),
  },
  dash_A_grpc: { asks: { grpc: true }, definition: (id, { grpc }) => tables(id, { service: service(grpc) }) },
  dash_A_mixed: {
    asks: { http: true },
    definition: (id, { sql, http }) =>
      tables(id, {
        warehouse: { sql: { connection: sql, query: "select label, amount from sales order by label" } },
        web: web(http),
        duck: duckdb(),
      }),
  },
};

/** Filters of every type, each of them bound in a query of PostgreSQL. */
function sales(dashboardId: string, connection: string): JsonObject {
  const query = `select region, label, amount from sales
    where true [[and region = :region]] [[and amount >= :n]] [[and tag = any(:tags)]]
    [[and day >= :from]] [[and day < :to]] [[and :tz::text <> 'nowhere']] order by label`;
  return {
    dashboard_id: dashboardId,
    filters: [
      { name: "region", type: "string" },
      { name: "n", type: "number" },
      { name: "tags", type: "string", many: true },
      { name: "from", type: "date" },
      { name: "to", type: "date" },
      { name: "tz", type: "string" },
    ],
    layout: {
      title: "CANARY_A",
      panels: [
        { title: "Rows", datasource: "sales", table: {} },
        { title: "Amounts", datasource: "sales", bar: { x: "label", y: ["amount"] } },
      ],
    },
    datasources: [{ id: "sales", sql: { connection, query } }],
  };
}

function tables(dashboardId: string, datasources: Readonly<Record<string, JsonObject>>): JsonObject {
  const ids = Object.keys(datasources);
  return {
    dashboard_id: dashboardId,
    layout: { title: "CANARY_A", panels: ids.map((id) => ({ id, title: id, datasource: id, table: {} })) },
    datasources: ids.map((id) => ({ id, ...datasources[id] })),
  };
}

function web(connection: string): JsonObject {
  return { http: { connection, path: "/rows" } };
}

function service(connection: string): JsonObject {
  return { grpc: { connection, query: "rows" } };
}

function duckdb(): JsonObject {
  return { duckdb: { files: [{ path: "sales.csv" }], query: "select label, amount from sales order by label" } };
}
