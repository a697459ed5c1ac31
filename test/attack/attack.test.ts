/**
 * Hostile requests as data, against the real service in a process of its own. `cases` is the corpus as it
 * was given, `own` what it does not have, in its format. Each case runs in the world that has what it needs:
 * here those of the service alone, and in other files those of other worlds. A case in `disputed.json` is not
 * run, and says why. `ATTACK_CASES=^share-0` runs those cases only.
 */
import * as assert from "uvu/assert";
import { suite } from "../harness.ts";
import { allCases, declareWorld, plan } from "./declare.ts";
import { isOfSpeed } from "./run-case.ts";
import { readObject } from "./vocabulary.ts";

const test = suite("attack");

declareWorld(test, "plain", ({ expect }) => !expect.props.some(isOfSpeed));

for (const { attack, reason, disputed } of plan.leftOut) {
  test.skip(`${attack.id} ${attack.name}`, disputed ? `disputed: ${reason}` : reason);
}

test("every disputed case is in the corpus", () => {
  const ids = new Set(allCases.map(({ id }) => id));
  assert.equal(
    Object.keys(readObject(`${import.meta.dirname}/disputed.json`)).filter((id) => !ids.has(id)),
    [],
  );
});

test.run();
