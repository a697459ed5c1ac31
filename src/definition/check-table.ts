import type { TablePanel } from "../../gen/datajetty/dashboards/v1/panel_pb.js";
import type { Report } from "../errors/problems.ts";
import { checkThresholds } from "./check-thresholds.ts";

/** Reports what is wrong between the columns of a table, and with the one that orders its rows. */
export function checkTable({ columns, sort }: TablePanel, report: Report): void {
  const names = new Set<string>();
  for (const [index, { name, show, statuses, thresholds }] of columns.entries()) {
    const reportHere: Report = (field, description) => report(`columns[${index}].${field}`, description);
    if (names.has(name)) reportHere("name", "names a column that the table shows already");
    names.add(name);
    if (show !== "status" && Object.keys(statuses).length > 0) reportHere("statuses", "goes with `show: status` only");
    checkThresholds(thresholds, reportHere);
  }
  if (sort !== undefined && sort.column !== "" && columns.length > 0 && !names.has(sort.column)) {
    report("sort.column", "is no column that the table shows");
  }
}
