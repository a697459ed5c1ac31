/** The cases of the corpus whose speed counts, as in attack.test.ts: they run while no other test does. */
import { suite } from "../harness.ts";
import { declareWorld } from "./declare.ts";
import { isOfSpeed } from "./run-case.ts";

const test = suite("attack, for speed");
declareWorld(test, "plain", ({ expect }) => expect.props.some(isOfSpeed));
test.run();
