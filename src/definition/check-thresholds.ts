import type { Threshold } from "../../gen/datajetty/dashboards/v1/panel_pb.js";
import type { Report } from "../errors/problems.ts";

/**
 * Reports thresholds that do not ascend, so that no reader has to guess which of two holds, and those
 * that the values' axis has no place for.
 *
 * @param scale how that axis runs, as the contract names it; only `log` matters
 */
export function checkThresholds(thresholds: readonly Threshold[], report: Report, scale = ""): void {
  for (const [index, { value }] of thresholds.entries()) {
    const field = `thresholds[${index}].value`;
    const before = thresholds[index - 1];
    // What is no finite number is the proto's to refuse, and compares as false here.
    if (before !== undefined && value <= before.value) report(field, "is not above the threshold before it");
    if (scale === "log" && value <= 0) report(field, "has no place on a log scale, which begins above zero");
  }
}
