import type { Panel } from "../../gen/datajetty/dashboards/v1/panel_pb.js";
import type { Report } from "../errors/problems.ts";
import { rangeNames } from "./bound-names.ts";
import { clickColumns, panelColumns } from "./panel-columns.ts";
import type { SourceFacts } from "./source-facts.ts";

/**
 * Reports what a panel wants of its datasource and does not get: the datasource itself, columns, and
 * a range to compare with the one before it.
 *
 * @param ranges the names of the dashboard's range filters
 */
export function checkPanelSource(
  panel: Panel,
  byId: ReadonlyMap<string, SourceFacts>,
  ranges: readonly string[],
  report: Report,
): void {
  const { kind, datasource } = panel;
  if (kind.case === undefined) return;
  if (kind.case === "text") {
    if (datasource !== "") report("datasource", "goes with no text panel");
    return;
  }
  const source = byId.get(datasource);
  if (source === undefined) {
    report("datasource", datasource === "" ? "is needed to show data" : "is no datasource's id");
    return;
  }
  for (const { field, name } of [...panelColumns(panel), ...clickColumns(panel)]) {
    if (source.columns?.has(name) === false) report(field, "is no column of the datasource");
  }
  if (kind.case !== "stat" || kind.value.compare !== "previous_period" || source.bound === undefined) return;
  const { bound } = source;
  const hasRange = ranges.map(rangeNames).some(({ from, to }) => bound.has(from) && bound.has(to));
  if (!hasRange) report("stat.compare", "needs a range filter, both ends of which the datasource binds");
}
