import type { Scope } from "./scope.ts";

/** Returns as much as a step asks for, or as `npm test` has time for; then it says so on the screen. */
export function sampled({ world, attack }: Scope, what: string, asked: number, short: number): number {
  if (world.thorough || asked <= short) return asked;
  console.log(`shortened here: ${attack.id} has ${short} of ${asked} ${what}; npm run attack has all`);
  return short;
}
