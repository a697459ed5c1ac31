import { isBreakage } from "../breakable.ts";
import { type Step, stepsWithin } from "../corpus.ts";
import type { Scope } from "../scope.ts";
import { asTenant } from "../tenants.ts";
import { isShareKeyTurn, turnShareKeys } from "../turn-share-keys.ts";
import { constants, fillIn, fillInDeep } from "../variables.ts";
import type { StepKind } from "./step-kind.ts";

/** Something breaks, or is mended; or the service starts anew. What is broken at the end of a case is mended then. */
export const fault: StepKind = {
  fields: ["target", "op", "env"],
  worlds: (step) => (isRestart(step) ? ["source", "fault"] : isOfShareKeys(step) ? ["plain", "fault"] : ["fault"]),
  whyNot: (step) =>
    isRestart(step) || isOfShareKeys(step) || isBreakage(`${step.target}`, `${step.op}`)
      ? undefined
      : `the harness has no fault ${step.target} ${step.op} yet`,
  async run(scope, step) {
    const { world, variables, atEnd } = scope;
    if (isRestart(step)) {
      const restart = world.around?.restart ?? world.restart!;
      await restart(fillInDeep(step.env ?? {}, variables));
      return { step, outcomes: [] };
    }
    if (isOfShareKeys(step)) {
      atEnd.push(await turnShareKeys(world, step.op!));
      return { step, outcomes: [] };
    }
    if (atEnd.length === 0) await warmTenants(scope);
    atEnd.push(() => world.breakable!.mend());
    await world.breakable!.cause(world.service, step.target!, step.op!);
    return { step, outcomes: [] };
  },
};

function isOfShareKeys({ target, op = "" }: Step): boolean {
  return target === "share_key" && isShareKeyTurn(op);
}

function isRestart({ target, op }: Step): boolean {
  return target === "process" && op === "restart";
}

/** What loops of many tenants render is saved before anything breaks and, where it is not to be cold, rendered once. */
async function warmTenants(scope: Scope): Promise<void> {
  const loops = scope.attack.steps.flatMap(stepsWithin).filter(({ tenants }) => tenants !== undefined);
  for (const loop of loops) {
    const inner = await asTenant(scope, loop);
    const text = JSON.stringify(loop.step);
    if (fillIn(loop.step!.path ?? "", scope.variables) !== constants.RENDER || text.includes("_cold}")) continue;
    await Promise.all(Array.from({ length: loop.tenants! }, (_, index) => scope.run(scope, inner(index), index)));
  }
}
