import type { Sort } from "../../gen/datajetty/dashboards/v1/panel_pb.js";
import type { Column } from "../frame/frame.ts";
import type { PanelInput } from "./kind.ts";
import { createNumberCells } from "./number-cells.ts";
import { createSparkCells } from "./spark-cells.ts";
import type { Cells, Shown } from "./table-column.ts";
import { createTextCells } from "./text-cells.ts";

/**
 * Prepares a column of a table as it is to be shown; what does not fit its type is shown as text.
 *
 * @param sort the order of the table's rows, if they have one
 */
export function createCells(column: Column, shown: Shown, sort: Sort | undefined, input: PanelInput): Cells {
  const { voice, clickOf, styleOf } = input;
  const order = sort?.column === column.name ? sort.order || "ascending" : "";
  const setting = { voice, clickOf, shown, style: styleOf(column.name), order };
  if (column.type === "number") return createNumberCells(column, setting);
  if (column.type === "numbers" && shown.show === "spark") return createSparkCells(column, setting);
  return createTextCells(column, setting);
}
