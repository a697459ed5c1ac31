import type { Panel } from "../../gen/datajetty/dashboards/v1/panel_pb.js";
import type { Report } from "../errors/problems.ts";
import { clickColumns, panelColumns } from "./panel-columns.ts";

/** Reports columns to be clicked that the panel does not show, where it says which it shows. */
export function checkClick(panel: Panel, report: Report): void {
  const { kind, click } = panel;
  if (kind.case === undefined || click.length === 0) return;
  if (kind.case === "text") {
    report("click", "goes with no text panel");
    return;
  }
  if (kind.case === "table" && kind.value.columns.length === 0) return;
  const shown = new Set(panelColumns(panel).map(({ name }) => name));
  for (const { field, name } of clickColumns(panel)) {
    if (!shown.has(name)) report(field, "is no column that the panel shows");
  }
}
