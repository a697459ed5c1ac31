import type { Panel } from "../../gen/datajetty/dashboards/v1/panel_pb.js";

/** A column that a panel shows, and where in the panel it is named, such as `line.y[1]`. */
export type PanelColumn = { readonly field: string; readonly name: string };

/** Returns the columns that a panel names, in the order of its fields. A table without any shows all. */
export function panelColumns({ kind }: Panel): readonly PanelColumn[] {
  const columns: PanelColumn[] = [];
  const add = (field: string, name: string) => {
    if (name !== "") columns.push({ field: `${kind.case}.${field}`, name });
  };
  switch (kind.case) {
    case "line":
    case "area":
    case "bar":
      add("x", kind.value.x);
      for (const [index, name] of kind.value.y.entries()) add(`y[${index}]`, name);
      add("series", kind.value.series);
      break;
    case "stat":
      add("value", kind.value.value);
      add("sparkline", kind.value.sparkline);
      break;
    case "table":
      for (const [index, { name }] of kind.value.columns.entries()) add(`columns[${index}].name`, name);
      break;
  }
  return columns;
}
