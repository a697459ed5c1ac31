/**
 * The cases of the corpus that press the service and count speed: they run while no other test does. What is held to
 * figures of a service that has more to do than it can needs a machine that does nothing else: `npm run attack` has it.
 */
import { suite } from "../../harness.ts";
import { declareWorld, plan } from "../declare.ts";
import { isOfSpeed } from "../run-case.ts";

const ofFullLoad = /^(goodput_ge_\d+pct|shed_fast_lt_\d+|rss_back_\w+|p99_lt_50_for_429)$/;

const test = suite("attack, under pressure, for speed");
const isOfFullLoad = (props: readonly string[]) => props.some((name) => ofFullLoad.test(name));

declareWorld(test, "load", ({ expect }) => expect.props.some(isOfSpeed) && !isOfFullLoad(expect.props));
for (const { world, attack } of plan.runs) {
  if (world !== "load" || !isOfFullLoad(attack.expect.props)) continue;
  test.skip(`${attack.id} ${attack.name}`, "its figures need a machine that does nothing else: npm run attack has it");
}
test.run();
