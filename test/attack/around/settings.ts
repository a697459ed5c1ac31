import type { JsonObject } from "@bufbuild/protobuf";

/** What a session holds that outlives a transaction, or would, had a query had its way. */
const sessionQuery = `
  select current_user::text as "user", session_user::text as "session", current_setting('role') as "role",
    current_setting('statement_timeout')::interval between '1ms' and '5s' as "bounded",
    current_setting('lock_timeout') as "lock",
    current_setting('search_path') as "path", current_setting('app.tenant', true) as "tenant",
    current_setting('work_mem') as "memory", current_setting('transaction_read_only') as "read_only",
    (select count(*) from pg_locks where pid = pg_backend_pid() and locktype = 'advisory')::text as "locks",
    (select count(*) from pg_class where relpersistence = 't')::text as "temporary",
    (select count(*) from pg_prepared_statements where from_sql)::text as "prepared",
    (select count(*) from pg_listening_channels())::text as "channels"`;

/** A variable of an engine, and one of its functions that might be another by now. */
const engineQuery = `select coalesce(getvariable('x')::varchar, 'unset') as variable, sum(v)::varchar as total
  from (values (1), (2)) as given(v)`;

const engineSettings = "select name, value from duckdb_settings() order by name";

let reads = 0;

/** A dashboard that shows them, for a connection's name or an engine. No two ask the same, so that none is kept. */
export function settingsDashboard(dashboardId: string, of: string): JsonObject {
  reads += 1;
  const files = [{ path: "t.csv" }];
  const once = (query: string) => `select * from (${query}) as read where ${reads} = ${reads}`;
  const source =
    of === "duckdb" || of === "duckdb_settings"
      ? { duckdb: { files, query: once(of === "duckdb" ? engineQuery : engineSettings) } }
      : { sql: { connection: of, query: once(sessionQuery) } };
  return {
    dashboard_id: dashboardId,
    layout: { title: "settings", panels: [{ title: "settings", datasource: "d", table: {} }] },
    datasources: [{ id: "d", ...source }],
  };
}

/** The cells of such a dashboard. */
export function settingsShown(html: string): string {
  const cells = [...html.matchAll(/<td[^>]*>(.*?)<\/td>/g)].map((match) => match[1]!);
  if (cells.length === 0) throw new Error("the settings are not shown");
  return cells.join(" | ");
}
