import { join } from "node:path";
import * as assert from "uvu/assert";
import type { Suite } from "../harness.ts";
import type { Case } from "./corpus.ts";
import { loadCases } from "./load-cases.ts";
import { type Plan, planRuns } from "./plan.ts";
import { type CaseResult, type EndOfRun, problemsOfLog } from "./results.ts";
import { readVocabulary } from "./vocabulary.ts";
import type { WorldKind } from "./world-kind.ts";
import { worlds } from "./worlds.ts";

const folder = join(import.meta.dirname, "cases");

const vocabulary = readVocabulary(folder);

/** All cases that the project has: those that were given, and its own. */
export const allCases: readonly Case[] = [...loadCases(folder), ...loadCases(join(import.meta.dirname, "own"))].map(
  ({ attack }) => attack,
);

const wanted = new RegExp(process.env.ATTACK_CASES ?? "");

/** What `npm test` runs: with `ATTACK_CASES=^share-0` those cases only. */
export const plan: Plan = planRuns(
  allCases.filter(({ id }) => wanted.test(id)),
  vocabulary,
);

/**
 * Declares a test for each case of a world for which `only` holds, and two for the world itself. The world starts
 * with the first of them; each waits for what comes of its case, of which `judged` may leave something out.
 */
export function declareWorld(
  test: Suite,
  kind: WorldKind,
  only: (attack: Case) => boolean = () => true,
  judged: (attack: Case) => Case = (attack) => attack,
): void {
  const cases = plan.runs.flatMap(({ world, attack }) => (world === kind && only(attack) ? [judged(attack)] : []));
  const results = new Map(cases.map(({ id }) => [id, Promise.withResolvers<CaseResult>()]));
  const end = Promise.withResolvers<EndOfRun>();
  // What is never awaited fails with its test, not with the process.
  for (const { promise } of [...results.values(), end]) promise.catch(() => {});
  const tolerated: string[] = [];

  test.before(() => {
    if (cases.length === 0) return;
    const told = (result: CaseResult) => results.get(result.id)!.resolve(result);
    const failed = (error: unknown) => {
      for (const { reject } of [...results.values(), end]) reject(new Error("it did not run", { cause: error }));
      console.error(error);
    };
    worlds[kind]!.run(cases, { vocabulary, thorough: false }, told).then(end.resolve, failed);
  });

  for (const { id, name } of cases) {
    test(`${id} ${name}`, async () => {
      const { verdict, problem } = await results.get(id)!.promise;
      if (verdict === "failed") throw new Error(problem);
      if (verdict === "tolerated") tolerated.push(`${id} ${name}`);
    });
  }

  test("the log is JSON lines throughout, and holds no token and nothing of a secret or a result", async () => {
    if (cases.length > 0) assert.equal(problemsOfLog(await end.promise), []);
  });

  test("every contact that the harness makes on purpose is seen", async () => {
    if (cases.length > 0) assert.equal((await end.promise).unseen, []);
  });

  test.after(async () => {
    if (cases.length === 0) return;
    const { tookMs } = await end.promise.catch(() => ({ tookMs: 0 }));
    console.log(`\n${kind}: ${cases.length} cases in ${Math.round(tookMs / 1000)} s`);
    for (const name of tolerated) console.log(`tolerated: ${name}`);
  });
}
