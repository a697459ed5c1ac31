/** The cases of the corpus that press the service and count speed: they run while no other test does. */
import { suite } from "../../harness.ts";
import { declareWorld } from "../declare.ts";
import { isOfSpeed } from "../run-case.ts";

const test = suite("attack, under pressure, for speed");
declareWorld(test, "load", ({ expect }) => expect.props.some(isOfSpeed));
test.run();
