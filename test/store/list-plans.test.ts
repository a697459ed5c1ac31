import type { SQLWrapper } from "drizzle-orm";
import { sql } from "drizzle-orm";
import type { PostgresJsDatabase } from "drizzle-orm/postgres-js";
import * as assert from "uvu/assert";
import { selectConnections } from "../../src/store/connection-list.ts";
import { selectDefinitions } from "../../src/store/definition-list.ts";
import { selectShares } from "../../src/store/share-list.ts";
import { queryTenant } from "../../src/store/tenant-query.ts";
import { selectVersions } from "../../src/store/version-list.ts";
import { suite } from "../harness.ts";
import { createTestDatabase, onConnection } from "./database.ts";

const test = suite("store: plans of lists");
const database = await createTestDatabase();

// Two tenants of some thousand rows, where a plan that reads too much would be seen to.
await onConnection(database.superuserUrl, async ({ sql }) => {
  await sql`insert into definitions (tenant_id, dashboard_id, current_version, digest, title, archived_at)
    select t, 'd_' || i, i % 10, 'd', 'Title', case when i % 3 = 0 then now() end
    from unnest(array['acme', 'bolt']) t, generate_series(1, 3000) i`;
  await sql`insert into drafts (tenant_id, dashboard_id, content, digest, title, author, note, revision, base_version)
    select tenant_id, dashboard_id, '{}', 'd', 'Title', 'ann', '', 1, 0 from definitions where current_version < 3`;
  await sql`insert into versions (tenant_id, dashboard_id, version, content, digest, author)
    select t, 'd_' || i % 3 + 1, i, '{}', 'd', 'ann'
    from unnest(array['acme', 'bolt']) t, generate_series(1, 6000) i`;
  await sql`insert into shares
      (tenant_id, share_id, dashboard_id, filters, created_by, created_at, expires_at, revoked_at)
    select t, 's_' || i, 'd_' || i % 5 + 1, '{}', 'ann', now() - i * interval '1 minute',
      now() + (i % 4 - 1) * interval '1 day', case when i % 7 = 0 then now() end
    from unnest(array['acme', 'bolt']) t, generate_series(1, 6000) i`;
  await sql`insert into connections (tenant_id, name, kind, settings, revision, updated_by, deleted_at)
    select t, 'c_' || i, case when i % 2 = 0 then 'http' end, case when i % 2 = 0 then '{}' end, 1, 'ann',
      case when i % 2 = 1 then now() end
    from unnest(array['acme', 'bolt']) t, generate_series(1, 3000) i`;
  await sql`analyze`;
});

type Plan = {
  readonly "Node Type": string;
  readonly "Index Name"?: string;
  readonly "Index Cond"?: string;
  readonly Filter?: string;
  readonly Plans?: readonly Plan[];
};

/** Returns the nodes of a query's plan, as the service's role gets it for its tenant. */
function planOf(build: (db: PostgresJsDatabase) => SQLWrapper): Promise<Plan[]> {
  return onConnection(database.url, (connection) =>
    queryTenant(connection, "acme", async (db) => {
      const [row] = await db.execute<{ "QUERY PLAN": [{ Plan: Plan }] }>(sql`explain (format json) ${build(db)}`);
      return nodesOf(row!["QUERY PLAN"][0].Plan);
    }),
  );
}

const nodesOf = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];

/** Holds a plan to walking the index in its order: no sort, no scan of a table. Returns the index's node. */
function assertWalks(nodes: readonly Plan[], index: string): Plan {
  const types = nodes.map((node) => node["Node Type"]);
  assert.equal(
    types.filter((type) => /Sort|Seq Scan|Bitmap|Hash|Merge/.test(type)),
    [],
    types.join(", "),
  );
  const node = nodes.find((each) => each["Index Name"] === index);
  assert.ok(node, nodes.map((each) => each["Index Name"]).join(", "));
  return node!;
}

// A page in the middle, of many more rows than it shows: of a few rows it is cheaper to sort them.
const page = { prefix: "d_", after: "d_15", limit: 51 };

for (const status of [undefined, "active", "draft", "archived"] as const) {
  test(`a page of dashboards walks its index: ${status ?? "active and drafts"}`, async () => {
    const index = status === "archived" ? "definitions_archived" : "definitions_live";
    const whole = { status, prefix: "", after: undefined, limit: 51 };
    assertWalks(await planOf((db) => selectDefinitions(db, "acme", whole)), index);
    const node = assertWalks(await planOf((db) => selectDefinitions(db, "acme", { ...page, status })), index);
    for (const part of ["tenant_id", "d_15", "d_~"]) assert.match(node["Index Cond"]!, part);
  });
}

test("a page of versions walks the key", async () => {
  const key = "versions_tenant_id_dashboard_id_version_pk";
  assertWalks(await planOf((db) => selectVersions(db, "acme", "d_1", { before: undefined, limit: 51 })), key);
  const node = assertWalks(await planOf((db) => selectVersions(db, "acme", "d_1", { before: 3000, limit: 51 })), key);
  for (const part of ["tenant_id", "dashboard_id", "version <"]) assert.match(node["Index Cond"]!, part);
});

test("a page of connections walks its index, which deleted ones are not in", async () => {
  const build = (after: string | undefined) => (db: PostgresJsDatabase) =>
    selectConnections(db, "acme", { after, limit: 51 });
  assertWalks(await planOf(build(undefined)), "connections_live");
  const node = assertWalks(await planOf(build("c_15")), "connections_live");
  for (const part of ["tenant_id", "c_15"]) assert.match(node["Index Cond"]!, part);
  assert.is(node.Filter, undefined);
});

test("a page of links walks its index, and passes over expired ones within it", async () => {
  const createTimeKey = String((Date.now() - 60_000_000) * 1000);
  for (const dashboardId of [undefined, "d_2"]) {
    const index = dashboardId === undefined ? "shares_listed" : "shares_listed_of_definition";
    for (const after of [undefined, { createTimeKey, shareId: "s_5" }]) {
      const node = assertWalks(
        await planOf((db) => selectShares(db, "acme", { dashboardId, after, limit: 51 })),
        index,
      );
      assert.match(node["Index Cond"]!, "expires_at > now()");
      assert.is(/ROW\(created_at, share_id\) </.test(node["Index Cond"]!), after !== undefined);
      assert.is(node.Filter, undefined);
    }
  }
});

test.run();
