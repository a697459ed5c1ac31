/**
 * Hostile requests as data, against the real service in a process of its own. `cases` is the corpus as it
 * was given, `own` what it does not have, in its format; a case in `disputed.json` is not run, and says
 * why. `ATTACK_CASES=^share-0` runs those cases only. What reads other systems is in sources.test.ts, and
 * what must be fast in speed.test.ts.
 */
import * as assert from "uvu/assert";
import { suite } from "../harness.ts";
import { declareCases, disputed, isWanted, loadPlainCases } from "./plain-cases.ts";
import { isLogLine } from "./properties/state.ts";

const test = suite("attack");
const cases = loadPlainCases({ ofSpeed: false });
const world = declareCases(test, cases);

test("every disputed case is in the corpus", () => {
  const ids = new Set([...cases, ...loadPlainCases({ ofSpeed: true })].map(({ id }) => id));
  assert.equal(
    Object.keys(disputed).filter((id) => isWanted(id) && !ids.has(id)),
    [],
  );
});

test("the log is JSON lines throughout, and holds no token and nothing of a query's text or result", () => {
  const { log } = world().service;
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
