/**
 * The cases of the corpus that press the service and count speed: they run while no other test does. What is held to
 * figures of a service that has more to do than it can needs a machine that does nothing else: `npm run attack` has it.
 */
import { suite } from "../../harness.ts";
import { declareWorld, plan } from "../declare.ts";
import { isOfSpeed } from "../run-case.ts";

const ofFullLoad = /^(goodput_ge_\d+pct|p99_ok_lt_\d+|shed_fast_lt_\d+|rss_back_\w+|p99_lt_50_for_429)$/;

const test = suite("attack, under pressure, for speed");

declareWorld(
  test,
  "load",
  ({ expect }) => expect.props.some((name) => isOfSpeed(name) || ofFullLoad.test(name)),
  (attack) => {
    const props = attack.expect.props.filter((name) => !ofFullLoad.test(name));
    return { ...attack, expect: { ...attack.expect, props } };
  },
);
for (const { world, attack } of plan.runs) {
  const left = attack.expect.props.filter((name) => ofFullLoad.test(name));
  if (world !== "load" || left.length === 0) continue;
  const reason = "these figures need a machine that does nothing else: npm run attack has them";
  test.skip(`${attack.id} ${attack.name}: ${left.join(", ")}`, reason);
}
test.run();
