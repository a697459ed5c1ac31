import { setTimeout as sleep } from "node:timers/promises";
import type { Step } from "../corpus.ts";
import { linkTenantFile } from "../fixtures.ts";
import { request, type Scope } from "../scope.ts";
import { constants, fillIn } from "../variables.ts";
import type { StepKind } from "./step-kind.ts";

/** A state that a case prepares. */
export const fixture: StepKind = {
  fields: ["op", "tenant", "dashboard", "from", "to"],
  whyNot: ({ op = "" }) => (Object.hasOwn(changes, op) ? undefined : `the harness has no fixture ${op} yet`),
  async run(scope, step) {
    await changes[step.op!]!(scope, step);
    return { step, outcomes: [] };
  },
};

/** A suspension may go unseen for a second, as long as it is kept in memory. */
const suspensionMs = 1_100;

const changes: Readonly<Record<string, (scope: Scope, step: Step) => Promise<void>>> = {
  async symlink({ world }, { from, to }) {
    linkTenantFile(world.filesDir, from!, to!);
  },
  async unpublish(scope, { dashboard }) {
    const path = `${constants.DEFS}/${fillIn(dashboard!, scope.variables)}`;
    await request(scope, { method: "DELETE", path, auth: "A", headers: [], body: [] });
  },
  async suspend({ world }, { tenant }) {
    await world.database.setSuspended(tenant!, true);
    await sleep(suspensionMs);
  },
  async resume({ world }, { tenant }) {
    await world.database.setSuspended(tenant!, false);
    await sleep(suspensionMs);
  },
};
