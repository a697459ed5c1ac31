/**
 * The cases of the corpus that press the service and count speed: they run while no other test does. What is held to
 * figures of a service that has more to do than it can needs a machine that does nothing else: `npm run attack` has it.
 */
import { suite } from "../../harness.ts";
import type { Case } from "../corpus.ts";
import { declareWorld, plan } from "../declare.ts";
import { isOfSpeed } from "../run-case.ts";

const ofFullLoad = /^(goodput_ge_\d+pct|p99_ok_lt_\d+|shed_fast_lt_\d+|rss_back_\w+|p99_lt_50_for_429)$/;

const test = suite("attack, under pressure, for speed");

const isTimed = ({ expect }: Case) => expect.props.some((name) => isOfSpeed(name) || ofFullLoad.test(name));

/** Tests have ten minutes in all. */
const isLong = ({ steps }: Case) => steps.some((step) => step.do === "sleep" && (step.ms ?? 0) >= 10_000);

declareWorld(
  test,
  "load",
  (attack) => isTimed(attack) && !isLong(attack),
  (attack) => {
    const props = attack.expect.props.filter((name) => !ofFullLoad.test(name));
    return { ...attack, expect: { ...attack.expect, props } };
  },
);
for (const { world, attack } of plan.runs) {
  if (world !== "load" || !isTimed(attack)) continue;
  const left = attack.expect.props.filter((name) => ofFullLoad.test(name));
  const what = `${attack.id} ${attack.name}`;
  if (isLong(attack)) test.skip(what, "it takes half a minute: npm run attack has it");
  else if (left.length > 0) {
    test.skip(`${what}: ${left.join(", ")}`, "for a machine that does nothing else: npm run attack has them");
  }
}
test.run();
