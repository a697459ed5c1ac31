/** The cases in which a database, a key server or a process fails, as in attack.test.ts. */
import { suite } from "../harness.ts";
import { declareWorld } from "./declare.ts";

const test = suite("attack by faults");
declareWorld(test, "fault");
test.run();
