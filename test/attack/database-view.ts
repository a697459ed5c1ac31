import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { fromBinary } from "@bufbuild/protobuf";
import type { Sql } from "postgres";
import { SaveDefinitionResponseSchema } from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import { onConnection } from "../store/database.ts";

/** What stands in the service's database, past the service: seen and changed as its operator would. */
export type DatabaseView = {
  /** Counts of all rows, a digest of all columns, and the sentinel's row. */
  state(): Promise<string>;
  /** A digest of all that a tenant has. */
  tenantState(tenant: string): Promise<string>;
  /** How many versions there are of all dashboards. */
  versions(): Promise<number>;
  /** The content of each version of a dashboard, from 1. */
  contents(tenant: string, dashboardId: string): Promise<readonly string[]>;
  /** Whether somebody's dashboard has a version. */
  hasVersion(dashboardId: string, version: number): Promise<boolean>;
  /** How many dashboards, versions and kept answers are there without what belongs to them. */
  halves(): Promise<number>;
  /** How many idempotency keys are kept. */
  storedKeys(): Promise<number>;
  /** Returns whether the service has sent a statement since this was called. */
  watchStatements(): Promise<() => Promise<boolean>>;
  /** How many of the service's connections are in the middle of something, a moment later still. */
  busyConnections(): Promise<number>;
  /** Lets so much time pass for what expires by the database's clock; it runs backwards for less than 0. */
  letTimePass(ms: number): Promise<void>;
  setSuspended(tenant: string, suspended: boolean): Promise<void>;
};

const tables = ["tenants", "definitions", "versions", "shares"];

/** Opens the view, as a superuser, and makes the sentinel table. */
export async function openDatabaseView(superuserUrl: string): Promise<DatabaseView> {
  const ask = <T>(work: (sql: Sql) => Promise<T>) => onConnection(superuserUrl, ({ sql }) => work(sql));
  await ask((sql) => sql`create table attack_sentinel as select 'untouched' as word`);
  return {
    state: () =>
      ask(async (sql) => {
        const counts: unknown[] = [];
        for (const table of tables) counts.push(await sql`select count(*)::int as n from ${sql(table)}`);
        const columns = await sql`
          select table_name, column_name, data_type from information_schema.columns
          where table_schema = 'public' order by 1, 2`;
        return digest([counts, columns, await sql`select word from attack_sentinel`]);
      }),
    tenantState: (tenant) =>
      ask(async (sql) => {
        const rows: unknown[] = [];
        for (const table of tables) {
          rows.push(
            await sql`select to_jsonb(t)::text as row from ${sql(table)} t where tenant_id = ${tenant} order by 1`,
          );
        }
        return digest(rows);
      }),
    versions: () =>
      ask(async (sql) => {
        const [row] = await sql<{ n: number }[]>`select count(*)::int as n from versions`;
        return row!.n;
      }),
    contents: (tenant, dashboardId) =>
      ask(async (sql) => {
        const rows = await sql<{ content: string }[]>`
          select content from versions where tenant_id = ${tenant} and dashboard_id = ${dashboardId} order by version`;
        return rows.map(({ content }) => content);
      }),
    hasVersion: (dashboardId, version) =>
      ask(async (sql) => {
        const rows = await sql`select from versions where dashboard_id = ${dashboardId} and version = ${version}`;
        return rows.length > 0;
      }),
    halves: () => ask(countHalves),
    storedKeys: () =>
      ask(async (sql) => {
        const [row] = await sql<{ n: number }[]>`select count(*)::int as n from idempotency_keys`;
        return row!.n;
      }),
    async watchStatements() {
      const since = await ask(
        async (sql) => (await sql<{ at: string }[]>`select clock_timestamp()::text as at`)[0]!.at,
      );
      return () =>
        ask(async (sql) => {
          const [row] = await sql<{ n: number }[]>`
            select count(*)::int as n from pg_stat_activity
            where datname = current_database() and usename <> session_user and query_start > ${since}::timestamptz`;
          return row!.n > 0;
        });
    },
    async busyConnections() {
      const count = () =>
        ask(async (sql) => {
          const [row] = await sql<{ n: number }[]>`
            select count(*)::int as n from pg_stat_activity
            where datname = current_database() and usename <> session_user and state <> 'idle'`;
          return row!.n;
        });
      for (let looks = 0; looks < 4; looks += 1, await sleep(250)) if ((await count()) === 0) return 0;
      return count();
    },
    async letTimePass(ms) {
      await ask(
        (sql) => sql`update idempotency_keys set expires_at = expires_at - ${ms}::float8 * interval '1 millisecond'`,
      );
    },
    async setSuspended(tenant, suspended) {
      await ask(
        (sql) => sql`
          insert into tenants (tenant_id, suspended_at) values (${tenant}, case when ${suspended} then now() end)
          on conflict (tenant_id) do update set suspended_at = excluded.suspended_at`,
      );
    },
  };
}

async function countHalves(sql: Sql): Promise<number> {
  const [row] = await sql<{ n: number }[]>`
    select (
      select count(*) from definitions d where current_version <> (
        select count(*) from versions v where v.tenant_id = d.tenant_id and v.dashboard_id = d.dashboard_id)
    )::int + (
      select count(*) from (
        select from versions group by tenant_id, dashboard_id having max(version) <> count(*)) as gaps
    )::int as n`;
  const saves = await sql<{ tenant: string; answer: Uint8Array }[]>`
    select tenant_id as tenant, answer from idempotency_keys where method = 'SaveDefinition'`;
  let lost = 0;
  for (const { tenant, answer } of saves) {
    const { dashboardId, version } = fromBinary(SaveDefinitionResponseSchema, answer);
    const found = await sql`
      select from versions where tenant_id = ${tenant} and dashboard_id = ${dashboardId} and version = ${version}`;
    if (version > 0 && found.length === 0) lost += 1;
  }
  return row!.n + lost;
}

function digest(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex");
}
