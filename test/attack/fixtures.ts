import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { JsonObject } from "@bufbuild/protobuf";

/** A dashboard that cases refer to by a variable. */
export type Fixture = {
  readonly tenant: "A" | "B";
  /** Whether each case has its own, because cases may change it. */
  readonly fresh: boolean;
  /** The request that saves it. */
  readonly definition: (dashboardId: string) => JsonObject;
};

/** The dashboards of vars.json that the product can have today. */
export const fixtures: Readonly<Record<string, Fixture>> = {
  dash_A: { tenant: "A", fresh: false, definition: (id) => sales(id, "CANARY_A") },
  dash_A_draft: { tenant: "A", fresh: true, definition: (id) => ({ ...sales(id, "CANARY_A"), draft: true }) },
  dash_A_tmp: { tenant: "A", fresh: true, definition: (id) => sales(id, "CANARY_A") },
  dash_A_cold: { tenant: "A", fresh: true, definition: (id) => sales(id, "CANARY_A") },
  dash_A_duck: { tenant: "A", fresh: false, definition: (id) => sales(id, "CANARY_A") },
  dash_A_secret: { tenant: "A", fresh: false, definition: secretive },
  dash_B: { tenant: "B", fresh: true, definition: (id) => words(id, "CANARY_B") },
};

/** Makes an id that no input of a case resembles. */
export function newDashboardId(): string {
  return `dash-${randomBytes(6).toString("hex")}`;
}

/** Writes the tenants' files. Queries run as another user, who must be able to read them. */
export function writeFixtureFiles(filesDir: string, tenant = "A"): void {
  const sales = ["region,label,amount,day,tag", "EU,row-EU-1,10,2026-01-01,a", "EU,row-EU-2,20,2026-01-02,b"];
  const others = ["US,row-US-1,30,2026-01-01,a", "IN,row-IN-1,40,2026-01-02,b", ""];
  writeTenantFile(filesDir, tenant, "sales.csv", [...sales, ...others].join("\n"));
  writeTenantFile(filesDir, tenant, "t.csv", "label,amount\nrow-TT-1,1\n");
  writeTenantFile(filesDir, tenant, "empty.duckdb", "");
  writeTenantFile(filesDir, tenant, "empty.csv", "");
  writeTenantFile(filesDir, tenant, "canary-file.csv", "shown,unshown\n1,CANARY_HIDDEN\n");
  writeTenantFile(filesDir, tenant, "sentinel.txt", "untouched");
  writeTenantFile(filesDir, "B", "secret.csv", "v\nCANARY_B\n");
  writeTenantFile(filesDir, "B", "b.duckdb", "CANARY_B");
}

/** Writes a file into a tenant's folder. */
export function writeTenantFile(filesDir: string, tenant: string, name: string, text: string): void {
  const path = join(filesDir, tenant, name);
  mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
  writeFileSync(path, text);
  chmodSync(path, 0o644);
}

/** Puts a symbolic link where a tenant's file would be. */
export function linkTenantFile(filesDir: string, from: string, to: string): void {
  symlinkSync(join(filesDir, to), join(filesDir, from));
}

const query = `select region, label, amount from sales
where true [[and region = :region]] [[and amount >= :n]] [[and list_contains(:tags, tag)]]
[[and day >= :from]] [[and day < :to]] [[and :tz <> 'nowhere']] order by label`;

/** Rows by region, each with a label of its own; every filter of vars.json is bound. */
function sales(dashboardId: string, title: string): JsonObject {
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
      title,
      panels: [
        { title: "Rows", datasource: "sales", table: {} },
        { title: "Amounts", datasource: "sales", bar: { x: "label", y: ["amount"] } },
      ],
    },
    datasources: [{ id: "sales", duckdb: { files: [{ path: "sales.csv" }], query } }],
  };
}

/** What is only the tenant's own business: a query's text, a file's name, a column that no panel shows. */
function secretive(dashboardId: string): JsonObject {
  const sql = "select shown, unshown as hidden_column, 'CANARY_SECRET' as secret from canary_file -- CANARY_SQL";
  return {
    dashboard_id: dashboardId,
    layout: {
      title: "CANARY_A",
      panels: [{ title: "Shown", datasource: "canary-source", table: { columns: [{ name: "shown" }] } }],
    },
    datasources: [{ id: "canary-source", duckdb: { files: [{ path: "canary-file.csv" }], query: sql } }],
  };
}

function words(dashboardId: string, word: string): JsonObject {
  return {
    dashboard_id: dashboardId,
    layout: { title: word, panels: [{ title: word, datasource: "ds-of-b", table: {} }] },
    datasources: [{ id: "ds-of-b", inline: { columns: [{ name: "v" }], rows: [[word]] } }],
  };
}
