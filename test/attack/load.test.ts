/** The cases that need real limits on rates, as in attack.test.ts; those whose speed counts are in load/speed.test.ts. */
import { suite } from "../harness.ts";
import { declareWorld } from "./declare.ts";
import { isOfSpeed } from "./run-case.ts";

const test = suite("attack, under pressure");
declareWorld(test, "load", ({ expect }) => !expect.props.some(isOfSpeed));
test.run();
