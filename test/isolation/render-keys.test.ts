import fc from "fast-check";
import * as assert from "uvu/assert";
import type { CacheKey } from "../../src/cache/byte-cache.ts";
import { createBulkhead } from "../../src/limit/bulkhead.ts";
import { createHoldings } from "../../src/limit/holdings.ts";
import { toLoaded } from "../../src/rpc/definitions.ts";
import { createDashboardRendering } from "../../src/rpc/render.ts";
import { definitionOf, valuesOf } from "../definition/make.ts";
import { suite } from "../harness.ts";

/** What two renders must differ in to have two keys, by everything that a request and its caller decide. */
const test = suite("isolation: keys of renders");

type Side = "asked" | "held" | "fixed";
type Given = { readonly value: string | undefined; readonly by: Side };

/** One render, as it is asked for. */
type Scope = {
  readonly tenant: string;
  readonly dashboardId: string;
  readonly version: number;
  readonly theme: string;
  readonly locale: string;
  readonly timezone: string;
  readonly hydrate: string;
  readonly viewerFilters: readonly string[] | undefined;
  readonly plan: Given;
  readonly period: Given;
  readonly revisions: string;
};

const given = (...values: string[]): fc.Arbitrary<Given> =>
  fc.record({
    value: fc.option(fc.constantFrom(...values), { nil: undefined, freq: 2 }),
    by: fc.constantFrom<Side>("asked", "held", "fixed"),
  });

// Texts that would run into one another if they were put side by side without marks.
const scopes: fc.Arbitrary<Scope> = fc.record({
  tenant: fc.constantFrom("a", "aa", "a-1"),
  dashboardId: fc.constantFrom("a", "a1", "1"),
  version: fc.constantFrom(1, 11, 2),
  theme: fc.constantFrom("", "light", "dark"),
  locale: fc.constantFrom("en-US", "de-DE"),
  timezone: fc.constantFrom("UTC", "Asia/Kolkata"),
  hydrate: fc.constantFrom("", "none"),
  viewerFilters: fc.constantFrom(undefined, [], ["plan"], ["period"], ["plan", "period"]),
  plan: given("Team", "Free", "", '","', "held"),
  period: given("2026-01-01/2026-02-01", "2026-01-01T00:00/2026-02-01", "last 7d", "last 8d"),
  revisions: fc.constantFrom("[]", '[["c",1]]', '[["c",11]]', '[["d",1]]'),
});

/** Two scopes that differ in some respects, often in one. */
const pairs = fc
  .tuple(scopes, scopes, fc.subarray(["tenant", "dashboardId", "version", "theme", "locale", "timezone", "hydrate"]))
  .chain(([one, other, same]) =>
    fc
      .subarray(["viewerFilters", "plan", "period", "revisions"])
      .map((more) => [one, { ...other, ...pick(one, [...same, ...more]) }] as const),
  );

function pick(scope: Scope, names: readonly string[]): Partial<Scope> {
  return Object.fromEntries(Object.entries(scope).filter(([name]) => names.includes(name)));
}

/** What somebody who is shown one must not be shown for the other: the data, its form, and what may be chosen. */
function shownBy({ tenant, dashboardId, version, theme, locale, timezone, revisions, ...rest }: Scope): string {
  const { plan, period, viewerFilters, hydrate } = rest;
  const place = viewerFilters !== undefined ? "page" : hydrate === "none" ? "still" : "embed";
  const confined = period.value !== undefined && period.by !== "asked";
  const own = hydrate === "none" ? [] : ["plan", "period"].filter((name) => !isHeld(rest[name as "plan" | "period"]));
  // Two ways to write one span, which show the same.
  const span = period.value?.replace("T00:00", "") ?? null;
  const data = [plan.value ?? null, span, confined, viewerFilters ?? own];
  return JSON.stringify([tenant, dashboardId, version, theme, locale, timezone, place, revisions, ...data]);
}

const isHeld = ({ value, by }: Given) => value !== undefined && by === "held";

/** What is kept by those who ask: versions as long as they are the same, and messages that say the same. */
const kept = new Map<string, object>();

function keptAs<Value extends object>(name: unknown, make: () => Value): Value {
  const key = JSON.stringify(name);
  const value = kept.get(key) ?? make();
  kept.set(key, value);
  return value as Value;
}

const asked = { keys: [] as CacheKey[], revisions: "" };

/** One for all scopes, which remembers what it was asked for. */
const rendering = createDashboardRendering({
  cache: {
    get: () => undefined,
    reload: () => Promise.reject(new Error("is not asked for")),
    getOrLoad: (key) => {
      asked.keys.push(key);
      return Promise.reject(new Error("the key is all that is wanted"));
    },
  },
  sources: {
    run: () => Promise.reject(new Error("is not run")),
    revisions: async () => asked.revisions,
    async close() {},
  },
  renderer: undefined!,
  bulkhead: createBulkhead({ perKey: 1, total: 1, waitMs: 1, refusal: () => new Error("full") }),
  holdings: createHoldings({ perKey: 1, total: 1, refusal: () => new Error("full") }),
  now: () => Date.parse("2026-06-17T14:00:00Z"),
});

/** Asks for a render of which only the key is wanted. */
async function keyOf(scope: Scope): Promise<string> {
  const { tenant, dashboardId, version, revisions, viewerFilters, plan, period, ...presentation } = scope;
  const by = (side: Side) => {
    const values = Object.entries({ plan, period }).filter(([, each]) => each.by === side && each.value !== undefined);
    return keptAs([side, values], () =>
      valuesOf(Object.fromEntries(values.map(([name, { value }]) => [name, value!]))),
    );
  };
  const filters = by("asked");
  const [held, fixed] = [by("held"), by("fixed")];
  asked.keys = [];
  asked.revisions = revisions;
  await rendering
    .render(
      tenant,
      keptAs([tenant, dashboardId, version], () => loadedOf(dashboardId, version)),
      {
        ...{ ...presentation, filters, held },
        message: keptAs([presentation, filters], () => ({})),
        // Of a link only.
        ...(Object.keys(fixed).length > 0 && { fixed }),
        ...(viewerFilters && { viewerFilters }),
      },
    )
    .catch((error: Error) => {
      if (asked.keys.length === 0) throw error;
    });
  assert.is(asked.keys.length, 1);
  return JSON.stringify(asked.keys[0]);
}

function loadedOf(dashboardId: string, version: number) {
  const definition = definitionOf({
    filters: [
      { name: "plan", type: "string" },
      { name: "period", type: "range", default: "last 30d" },
    ],
    layout: { panels: [{ title: "N", datasource: "d", stat: { value: "n", compare: "previous_period" } }] },
    datasources: [
      { id: "d", inline: { columns: [{ name: "n" }, { name: "plan" }, { name: "period", type: "time" }] } },
    ],
  });
  return toLoaded({ ...definition, dashboardId }, version);
}

test("no two scopes share a key, and equal ones do", async () => {
  let [same, different] = [0, 0];
  await fc.assert(
    fc.asyncProperty(pairs, async ([one, other]) => {
      const key = await keyOf(one);
      const otherKey = await keyOf(other);
      assert.is(await keyOf(structuredClone(one)), key, "what is equal is found again");
      if (shownBy(one) === shownBy(other)) {
        same += 1;
        return;
      }
      different += 1;
      assert.is.not(key, otherKey);
    }),
    { numRuns: 1_000 },
  );
  assert.ok(different > 500 && same > 10, `${different} pairs that differ, ${same} that do not`);
});

test("each respect counts alone", async () => {
  const one: Scope = {
    ...{ tenant: "a", dashboardId: "a", version: 1, theme: "", locale: "en-US", timezone: "UTC", hydrate: "" },
    viewerFilters: undefined,
    plan: { value: "Team", by: "asked" },
    period: { value: "last 7d", by: "asked" },
    revisions: "[]",
  };
  const others: readonly Partial<Scope>[] = [
    ...[{ tenant: "b" }, { dashboardId: "b" }, { version: 2 }, { theme: "dark" }, { locale: "de-DE" }],
    ...[{ timezone: "Asia/Kolkata" }, { hydrate: "none" }, { viewerFilters: [] }, { viewerFilters: ["plan"] }],
    { plan: { value: undefined, by: "asked" } },
    { plan: { value: "Free", by: "asked" } },
    { plan: { value: "Team", by: "held" } },
    { period: { value: "last 8d", by: "asked" } },
    { period: { value: "last 7d", by: "held" } },
    { period: { value: "last 7d", by: "fixed" } },
    { revisions: '[["c",1]]' },
  ];
  const keys: string[] = [];
  for (const scope of [one, ...others.map((other) => ({ ...one, ...other }))]) keys.push(await keyOf(scope));
  assert.is(new Set(keys).size, keys.length);
});

test.run();
