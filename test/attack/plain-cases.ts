import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Suite } from "../harness.ts";
import { type Case, loadCases } from "./corpus.ts";
import { isOfSpeed, runCase, whyNotCase } from "./run-case.ts";
import { startWorld, type World, worldVariables } from "./world.ts";

const read = (path: string) =>
  JSON.parse(readFileSync(join(import.meta.dirname, path), "utf8")) as Record<string, string>;

const groups = /^(0[1-9]|11|16)-.*\.json$/;

/** A thousand queries that none of DuckDB's processes has to run: sources.test.ts has it on a database. */
const flood = "filt-041";

const wanted = new RegExp(process.env.ATTACK_CASES ?? "");

/** The reasons why cases are not run, by id. */
export const disputed = read("disputed.json");

/** Whether a case is wanted, by `ATTACK_CASES`. */
export function isWanted(id: string): boolean {
  return wanted.test(id);
}

/** Loads the cases that need no other systems: those whose speed counts, or all others. */
export function loadPlainCases({ ofSpeed }: { readonly ofSpeed: boolean }): readonly Case[] {
  return [
    ...loadCases(join(import.meta.dirname, "cases"), groups),
    ...loadCases(join(import.meta.dirname, "own"), /^(?!sources).*\.json$/),
  ].filter(({ id, expect }) => isWanted(id) && id !== flood && expect.props.some(isOfSpeed) === ofSpeed);
}

/** Declares a test for each case, in one world. Returns the world, which is there once tests run. */
export function declareCases(test: Suite, cases: readonly Case[]): () => World {
  const documented = new Set(Object.keys(read("cases/vars.json")));
  const tolerated: string[] = [];
  let world: World | undefined;

  test.before(async () => {
    world = await startWorld();
  });

  test.after(async () => {
    await world?.stop();
    for (const name of tolerated) console.log(`tolerated: ${name}`);
  });

  for (const attack of cases) {
    const name = `${attack.id} ${attack.name}`;
    const dispute = disputed[attack.id];
    const reason =
      dispute === undefined
        ? whyNotCase(attack, { documented, variables: worldVariables, hasAround: false })
        : `disputed: ${dispute}`;
    if (reason !== undefined) {
      test.skip(name, reason);
      continue;
    }
    test(name, async () => {
      if ((await runCase(world!, attack)) === "tolerated") tolerated.push(name);
    });
  }
  return () => world!;
}
