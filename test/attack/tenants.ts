import type { JsonObject } from "@bufbuild/protobuf";
import type { Step } from "./corpus.ts";
import { fixtures } from "./fixtures.ts";
import type { Scope } from "./scope.ts";
import { postFixture } from "./send.ts";
import { constants, namesIn } from "./variables.ts";
import type { World } from "./world.ts";

/**
 * Returns the copies of a loop's step by their index. Where the loop is one of many tenants, each of them has the
 * dashboards that the step names, under the same ids, and they take turns.
 */
export async function asTenant(scope: Scope, { step, tenants }: Step): Promise<(index: number) => Step> {
  if (tenants === undefined) return () => step!;
  const names = namesOf(tenants);
  const dashboards = namesIn(step).filter((name) => Object.hasOwn(fixtures, name));
  for (const name of dashboards) await settle(scope.world, names, `${scope.variables[name]}`);
  const copies = names.map((tenant): Step => ({ ...step!, auth: { tenant } }));
  return (index) => copies[index % copies.length]!;
}

/** Names of so many tenants beside A and B, the same each time. */
export function namesOf(tenants: number): readonly string[] {
  return Array.from({ length: tenants }, (_, index) => `many-${index}`);
}

/** What is saved already, so that cases share it. */
const settled = new WeakMap<World, Set<string>>();

/** So many at once, for it takes a while for hundreds. */
const atOnce = 8;

/** Saves a dashboard of this id for each of the tenants: a small one, unless told. */
export async function settle(
  world: World,
  tenants: readonly string[],
  dashboardId: string,
  define: (dashboardId: string) => JsonObject = small,
): Promise<void> {
  const done = settled.get(world) ?? new Set();
  settled.set(world, done);
  const left = tenants.filter((tenant) => !done.has(`${tenant}/${dashboardId}`));
  const worker = async () => {
    for (let tenant = left.pop(); tenant !== undefined; tenant = left.pop()) {
      const { port } = world.service;
      await postFixture(port, world.token(tenant), constants.DEFS as string, define(dashboardId));
      done.add(`${tenant}/${dashboardId}`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

const regions = ["EU-1", "EU-2", "US-1", "IN-1"];

/** Rows within the definition: a process that reads files for each of hundreds of tenants is not what is looked at. */
function inline(rows: readonly (string | number)[][]): JsonObject {
  return { columns: ["region", "label", "amount"].map((name) => ({ name })), rows: [...rows] };
}

function small(dashboardId: string): JsonObject {
  return {
    dashboard_id: dashboardId,
    filters: [{ name: "region", type: "string" }],
    layout: {
      title: "many",
      panels: [
        { title: "Rows", datasource: "sales", table: {} },
        { title: "Amounts", datasource: "sales", bar: { x: "label", y: ["amount"] } },
      ],
    },
    datasources: [
      { id: "sales", inline: inline(regions.map((label, at) => [label.slice(0, 2), `row-${label}`, at * 10])) },
    ],
  };
}

/**
 * Returns a dashboard as overload is made of: twelve panels whose rows are old after a second, so that nearly every
 * answer is drawn anew. What is answered from the cache costs little more than to refuse it.
 */
export function liveDashboard(dashboardId: string): JsonObject {
  const rows = Array.from({ length: 48 }, (_, at) => [regions[at % 4]!, `hour-${at}`, (at * 7919) % 1000]);
  const kinds = [{ line: { x: "label", y: ["amount"] } }, { bar: { x: "region", y: ["amount"] } }, { table: {} }];
  return {
    dashboard_id: dashboardId,
    layout: {
      title: "live",
      panels: Array.from({ length: 12 }, (_, at) => ({ title: `Panel ${at}`, datasource: "hours", ...kinds[at % 3] })),
    },
    datasources: [{ id: "hours", ttl_s: 1, max_stale_s: 0, inline: inline(rows) }],
  };
}
