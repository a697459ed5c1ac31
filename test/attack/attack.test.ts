/**
 * Hostile requests as data, against the real service in a process of its own. `cases` is the corpus as it
 * was given, `own` what it does not have, in its format; a case in `disputed.json` is not run, and says
 * why. `ATTACK_CASES=^share-0` runs those cases only. What reads other systems is in sources.test.ts.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { suite } from "../harness.ts";
import { loadCases } from "./corpus.ts";
import { isLogLine } from "./properties/state.ts";
import { runCase, whyNotCase } from "./run-case.ts";
import { startWorld, type World, worldVariables } from "./world.ts";

const read = (path: string) =>
  JSON.parse(readFileSync(join(import.meta.dirname, path), "utf8")) as Record<string, string>;

const groups = /^(0[1-9]|11|16)-.*\.json$/;
/** A thousand queries that none of DuckDB's processes has to run: sources.test.ts has it on a database. */
const flood = "filt-041";
const wanted = new RegExp(process.env.ATTACK_CASES ?? "");
const cases = [
  ...loadCases(join(import.meta.dirname, "cases"), groups),
  ...loadCases(join(import.meta.dirname, "own"), /^(?!sources).*\.json$/),
].filter(({ id }) => wanted.test(id) && id !== flood);
const documented = new Set(Object.keys(read("cases/vars.json")));
const disputed = read("disputed.json");

const test = suite("attack");
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

test("every disputed case is in the corpus", () => {
  const ids = new Set(cases.map(({ id }) => id));
  assert.equal(
    Object.keys(disputed).filter((id) => wanted.test(id) && !ids.has(id)),
    [],
  );
});

test("the log is JSON lines throughout, and holds no token and nothing of a query's text or result", () => {
  const { log } = world!.service;
  assert.equal(
    log.filter((line) => !isLogLine(line)),
    [],
  );
  assert.equal(
    log.filter((line) => /eyJ[\w-]{8,}|CANARY_/.test(line)),
    [],
  );
});

test.run();
