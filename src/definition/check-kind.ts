import type { GaugePanel, LinePanel, Panel, StatPanel } from "../../gen/datajetty/dashboards/v1/panel_pb.js";
import type { Report } from "../errors/problems.ts";
import { checkTable } from "./check-table.ts";
import { checkThresholds } from "./check-thresholds.ts";

/** Reports fields of what a panel is that do not go together, whatever its datasource is. */
export function checkKind({ kind }: Panel, report: Report): void {
  const reportHere: Report = (field, description) => report(`${kind.case}.${field}`, description);
  switch (kind.case) {
    case "line":
      checkLine(kind.value, reportHere);
      checkThresholds(kind.value.thresholds, reportHere, kind.value.scale);
      break;
    case "scatter":
      checkThresholds(kind.value.thresholds, reportHere, kind.value.yScale);
      break;
    case "area":
    case "bar":
      checkThresholds(kind.value.thresholds, reportHere);
      break;
    case "stat":
      checkStat(kind.value, reportHere);
      checkThresholds(kind.value.thresholds, reportHere);
      break;
    case "gauge":
      checkGauge(kind.value, reportHere);
      checkThresholds(kind.value.thresholds, reportHere);
      break;
    case "table":
      checkTable(kind.value, reportHere);
      break;
  }
}

function checkLine({ scale, nulls }: LinePanel, report: Report): void {
  if (scale === "log" && nulls === "zero") report("nulls", "goes with no log scale, which has no zero");
}

function checkStat({ compare, compareLabel, target }: StatPanel, report: Report): void {
  if (compare === "target" && target === undefined) report("target", "is needed to compare with it");
  if (compare !== "target" && target !== undefined) report("target", "goes with `compare: target` only");
  if (compare === "" && compareLabel !== "") report("compare_label", "goes with compare only");
}

function checkGauge({ min, max }: GaugePanel, report: Report): void {
  if (max === undefined || !(max <= (min ?? 0))) return;
  report("max", min === undefined ? "is not above 0, where the arc begins without min" : "is not above min");
}
