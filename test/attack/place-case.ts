import { type Case, stepsWithin } from "./corpus.ts";
import { findProperty, worldsOfProperty } from "./properties/table.ts";
import { whyNotStep, worldsOfStep } from "./steps.ts";
import { namesIn } from "./variables.ts";
import type { Vocabulary } from "./vocabulary.ts";
import { type WorldKind, worldKinds } from "./world-kind.ts";

/** Where a case can run, the best place first, or why nowhere. */
export type Placement = { readonly worlds: readonly WorldKind[] } | { readonly reason: string };

/** Names of the variables of each kind of world that there is. */
export type WorldVariables = Readonly<Partial<Record<WorldKind, ReadonlySet<string>>>>;

/**
 * Says where a case can run by all that it needs: the kinds of its steps, its variables, its properties. What
 * cannot be judged whole is not run: it would pass for the wrong reason.
 */
export function placeCase(attack: Case, vocabulary: Vocabulary, variables: WorldVariables): Placement {
  const steps = attack.steps.flatMap(stepsWithin);
  for (const step of steps) {
    const reason = whyNotStep(step, vocabulary);
    if (reason !== undefined) return { reason };
  }
  const unknown = attack.expect.props.find((name) => findProperty(name) === undefined);
  if (unknown !== undefined) return { reason: `the harness knows no property ${unknown}` };

  const places = worldKinds.filter((kind) => variables[kind] !== undefined);
  const saved = new Set(["i", "tok", ...steps.flatMap(({ save = [] }) => save)]);
  const names = new Set(namesIn(attack.steps).filter((name) => vocabulary.documented.includes(name)));
  const needs: readonly (readonly [what: string, worlds: readonly WorldKind[]])[] = [
    ...steps.map((step) => [`the step ${nameOf(step)}`, worldsOfStep(step)] as const),
    ...attack.expect.props.map((name) => [`the property ${name}`, worldsOfProperty(name)] as const),
    ...[...names]
      .filter((name) => !saved.has(name))
      .map((name) => [`the variable ${name}`, places.filter((kind) => variables[kind]!.has(name))] as const),
  ];
  const lacking = needs.find(([, worlds]) => !worlds.some((kind) => places.includes(kind)));
  if (lacking !== undefined) return { reason: `no world has ${lacking[0]}` };
  const worlds = places.filter((kind) => needs.every(([, able]) => able.includes(kind)));
  if (worlds.length > 0) return { worlds };
  const picky = needs.filter(([, able]) => able.length < places.length).map(([what, able]) => `${what} (${able})`);
  return { reason: `no world has all of ${[...new Set(picky)].join(", ")}` };
}

function nameOf({ do: what, target, op }: { do: string; target?: string; op?: string }): string {
  return [what, what === "fault" ? target : undefined, op].filter((word) => word !== undefined).join(" ");
}
