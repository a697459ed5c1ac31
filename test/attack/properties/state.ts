import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { hostOf, placesNamedIn } from "../named-places.ts";
import { type CaseRecord, judgedOutcomes, type Outcome } from "../record.ts";
import { isLogLine } from "../results.ts";
import type { Scope } from "../scope.ts";
import { firstProblem, type Properties, type Property } from "./property.ts";

/** Properties of what a case leaves behind: in the database, in files, in the process, in the log. */
export const stateProperties: Properties = {
  no_effect: unchanged("the database or a file changed", async ({ world }) =>
    world.around === undefined
      ? [await world.database.state(), readFileSync(join(world.filesDir, "A/sentinel.txt"), "utf8")]
      : world.around.effects(),
  ),
  no_effect_on_B: unchanged("what B has changed", ({ world }) => world.database.tenantState("B")),
  one_version: async ({ world }) => {
    const before = await world.database.versions();
    return async () => {
      const added = (await world.database.versions()) - before;
      return added === 1 ? undefined : `${added} new versions`;
    };
  },
  v1_row_unchanged:
    ({ world }) =>
    async ({ published }) => {
      const [first, ...others] = published;
      const contents = await world.database.contents(first!.tenant, first!.dashboardId);
      const later = others.filter(({ dashboardId }) => dashboardId === first!.dashboardId).length;
      const kept = contents.length === later + 1 && contents[0]!.includes(`"title":"${first!.title}"`);
      return kept ? undefined : "version 1 is not what was published first";
    },
  no_db_query: async ({ world }) => {
    // Openings of links by the case before are written within a second.
    await sleep(1_200);
    const hasQueried = await world.database.watchStatements();
    return async () => ((await hasQueried()) ? "the database was asked" : undefined);
  },
  no_pollution:
    ({ world }) =>
    async () => {
      const { polluted } = await world.service.look();
      return polluted.length === 0 ? undefined : `objects have ${polluted}`;
    },
  brotli_not_invoked: unchanged("Brotli was decoded", async ({ world }) => (await world.service.look()).brotliDecodes),
  no_egress: async ({ world }) => {
    const { around, deniedSink } = world;
    const before = deniedSink.connections();
    const mark = await around?.mark();
    return ({ attack }) => {
      if (around !== undefined) return around.contactedSince(mark!, placesNamedIn(attack).map(hostOf));
      return deniedSink.connections() === before ? undefined : "something was contacted";
    };
  },
  no_log_injection: ({ world }) => {
    const start = world.service.log.length;
    return () => world.service.log.slice(start).find((line) => !isLogLine(line));
  },
  no_other_tenant: () => (record) => otherTenant(record),
  each_own_canary: () => (record) =>
    firstProblem(judgedOutcomes(record), ({ status, body }, { caller }) =>
      status === 200 && !body.includes(`CANARY_${caller}`) ? "a page without its tenant's canary" : otherTenant(record),
    ),
};

/** Says where a tenant was shown what another one has. Callers without a token stand for A. */
function otherTenant(record: CaseRecord): string | undefined {
  return firstProblem(callsOf(record), ({ head, body }, { caller }) => {
    const canary = caller === "B" ? "CANARY_A" : "CANARY_B";
    return head.includes(canary) || body.includes(canary) ? `${canary} is shown` : undefined;
  });
}

function callsOf({ steps }: CaseRecord): readonly Outcome[] {
  return steps.flatMap(({ outcomes }) => outcomes);
}

/** A property that holds where what is looked at after the case is what it was before. */
export function unchanged(problem: string, look: (scope: Scope) => Promise<unknown>): Property {
  return async (scope) => {
    const before = JSON.stringify(await look(scope));
    return async () => (JSON.stringify(await look(scope)) === before ? undefined : problem);
  };
}
