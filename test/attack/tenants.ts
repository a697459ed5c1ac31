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

/** Saves a dashboard of this id for each of the tenants. */
export async function settle(world: World, tenants: readonly string[], dashboardId: string): Promise<void> {
  const done = settled.get(world) ?? new Set();
  settled.set(world, done);
  const left = tenants.filter((tenant) => !done.has(`${tenant}/${dashboardId}`));
  const worker = async () => {
    for (let tenant = left.pop(); tenant !== undefined; tenant = left.pop()) {
      const { port } = world.service;
      await postFixture(port, world.token(tenant), constants.DEFS as string, ofManyTenants(dashboardId));
      done.add(`${tenant}/${dashboardId}`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

/** Rows within the definition: a process that reads files for each of hundreds of tenants is not what is looked at. */
function ofManyTenants(dashboardId: string): JsonObject {
  const rows = ["EU-1", "EU-2", "US-1", "IN-1"].map((label, at) => [label.slice(0, 2), `row-${label}`, at * 10]);
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
    datasources: [{ id: "sales", inline: { columns: ["region", "label", "amount"].map((name) => ({ name })), rows } }],
  };
}
