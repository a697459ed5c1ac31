/** The cases of the corpus whose speed counts, as in attack.test.ts: they run while no other test does. */
import { suite } from "../harness.ts";
import { declareCases, loadPlainCases } from "./plain-cases.ts";

const test = suite("attack, for speed");
declareCases(test, loadPlainCases({ ofSpeed: true }));
test.run();
