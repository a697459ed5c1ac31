import { type Case, stepsWithin } from "./corpus.ts";
import { namesIn } from "./variables.ts";

/** Cases in the order in which they run. */
export type Schedule = {
  /** Those that measure time, first, one after another and with nothing beside them. */
  readonly timed: readonly Case[];
  /** Those that mostly wait, for time to pass or for an upstream, each beside everything else. */
  readonly patient: readonly Case[];
  /** Those that measure memory, one after another and with nothing beside them but those that wait. */
  readonly alone: readonly Case[];
  /** Side by side: each list one after another. */
  readonly lanes: readonly (readonly Case[])[];
  /** Those that take the service down, at the end. */
  readonly last: readonly Case[];
};

/** Lanes of cases that run into their time limits, beside the one of all others. */
const slowLanes = 2;

/** Says which cases may run side by side without disturbing each other. */
export function scheduleCases(cases: readonly Case[]): Schedule {
  const groups = Object.groupBy(cases, (attack) => {
    const steps = attack.steps.flatMap(stepsWithin);
    const { props } = attack.expect;
    if (steps.some((step) => step.do === "fault")) return "last";
    if (steps.some((step) => step.do === "sleep" && step.ms! >= 10_000)) return "patient";
    if (props.some((name) => name.startsWith("p99_"))) return "timed";
    if (props.some((name) => name.startsWith("rss_lt"))) return "alone";
    if (!props.some((name) => /^(lat_lt_6000|disk_lt_\d+MB)$/.test(name))) return "quick";
    // One that reads a file has a process started for it, which is memory.
    const isIdle = steps.some((step) => step.do === "sink") && !namesIn(attack.steps).includes("dash_A_mixed");
    return isIdle ? "patient" : "slow";
  });
  const { timed = [], patient = [], alone = [], last = [], slow = [], quick = [] } = groups;
  const lanes = Array.from({ length: slowLanes }, (_, lane) => slow.filter((_, at) => at % slowLanes === lane));
  return { timed, patient, alone, lanes: [quick, ...lanes], last };
}
