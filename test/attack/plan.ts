import { carelessRole } from "./careless.ts";
import { type Case, stepsWithin } from "./corpus.ts";
import { placeCase } from "./place-case.ts";
import type { Vocabulary } from "./vocabulary.ts";
import type { WorldKind } from "./world-kind.ts";
import { variablesOfWorlds, worlds } from "./worlds.ts";

/** A case in a world. One case may have several. */
export type Run = {
  readonly world: WorldKind;
  /** What runs: the case, or one made of it. */
  readonly attack: Case;
  /** The id of the case that it counts for. */
  readonly of: string;
};

/** A case that is not run, and why. */
type LeftOut = { readonly attack: Case; readonly reason: string; readonly disputed: boolean };

/** What is run, and what is not. */
export type Plan = { readonly runs: readonly Run[]; readonly leftOut: readonly LeftOut[] };

/** Finds each case's world, by what it needs. */
export function planRuns(cases: readonly Case[], vocabulary: Vocabulary): Plan {
  const runs: Run[] = [];
  const leftOut: LeftOut[] = [];
  for (const attack of cases) {
    const dispute = vocabulary.disputed[attack.id];
    const placed = dispute === undefined ? placeCase(attack, vocabulary, variablesOfWorlds()) : { reason: dispute };
    const [first, ...others] = "worlds" in placed ? placed.worlds : [];
    const reason = "reason" in placed ? placed.reason : worlds[first!]!.whyNot?.(attack);
    if (reason !== undefined) {
      leftOut.push({ attack, reason, disputed: dispute !== undefined });
      continue;
    }
    runs.push({ world: first!, attack, of: attack.id });
    // Bound in another language there.
    if (others.includes("source") && sendsFilters(attack)) runs.push({ world: "source", attack, of: attack.id });
    const careless = first === "source" ? toCareless(attack) : undefined;
    if (careless !== undefined) runs.push({ world: "source", attack: careless, of: attack.id });
  }
  return { runs, leftOut };
}

/** Whether it is about what filters say, and about a dashboard that binds them. */
function sendsFilters({ steps, expect }: Case): boolean {
  // A browser reads the page once.
  if (expect.props.includes("no_exec")) return false;
  return steps.flatMap(stepsWithin).some(({ path, body }) => {
    const text = JSON.stringify(body ?? []);
    return path === "$" + "{RENDER}" && text.includes("$" + "{dash_A}") && /\\"filters\\":\s*\{(?!\})/.test(text);
  });
}

/** What a role can only be kept from by the service, where its operator has not. */
const held = /^(no_effect|pool_clean)$/;

/** The same attack by a role that may do everything in its database. */
function toCareless(attack: Case): Case | undefined {
  const asksPostgres = attack.steps.some(({ template }) => template === "sqlpg");
  if (!asksPostgres || !attack.expect.props.some((name) => held.test(name))) return undefined;
  const id = `careless-${attack.id}`;
  return { ...attack, id, name: `${attack.name}, as the owner of everything`, needs: [carelessRole] };
}
