import { whyNotInSources } from "./around/leaves-machine.ts";
import { runInside } from "./around/run-inside.ts";
import { sourceVariables } from "./around/source-world.ts";
import type { Case } from "./corpus.ts";
import { startFaultWorld } from "./fault-world.ts";
import { loadVariables } from "./load-world.ts";
import { oneByOne } from "./one-by-one.ts";
import type { CaseResult, EndOfRun } from "./results.ts";
import { runLoad } from "./run-load.ts";
import { startWorld, type WorldOptions, worldVariables } from "./world.ts";
import { type WorldKind, worldKinds } from "./world-kind.ts";

/** A kind of world. */
type WorldEntry = {
  /** Names of the variables that it has: what needs others cannot run in it. */
  readonly variables: ReadonlySet<string>;
  /** Returns why this machine cannot run a case in it, undefined if it can. */
  readonly whyNot?: (attack: Case) => string | undefined;
  /** Makes one, runs cases in it in whatever order suits it, tells what came of each, and takes it down. */
  readonly run: RunCases;
};

/** Runs cases, and tells what came of each when it is known. */
export type RunCases = (
  cases: readonly Case[],
  options: WorldOptions,
  tell: (result: CaseResult) => void,
) => Promise<EndOfRun>;

/** The kinds that there are. */
export const worlds: Readonly<Partial<Record<WorldKind, WorldEntry>>> = {
  plain: { variables: worldVariables, run: oneByOne(startWorld) },
  load: { variables: loadVariables, run: runLoad },
  fault: { variables: worldVariables, run: oneByOne(startFaultWorld) },
  source: { variables: sourceVariables, run: runInside, whyNot: whyNotInSources },
};

/** Returns the names of variables of each kind that there is. */
export function variablesOfWorlds(): Readonly<Partial<Record<WorldKind, ReadonlySet<string>>>> {
  const there = worldKinds.flatMap((kind) => (worlds[kind] === undefined ? [] : [[kind, worlds[kind]] as const]));
  return Object.fromEntries(there.map(([kind, { variables }]) => [kind, variables]));
}
