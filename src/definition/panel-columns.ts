import type { Panel } from "../../gen/datajetty/dashboards/v1/panel_pb.js";

/** A column that a panel names, and where it does, such as `line.y[1]`. */
export type PanelColumn = { readonly field: string; readonly name: string };

/** Returns the columns that a panel shows or orders its rows by, as its fields name them. A table without any shows all. */
export function panelColumns({ kind }: Panel): readonly PanelColumn[] {
  const columns: PanelColumn[] = [];
  const add = (field: string, name: string | undefined) => {
    if (name) columns.push({ field: `${kind.case}.${field}`, name });
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
      add("sort.column", kind.value.sort?.column);
      break;
    case "pie":
      add("label", kind.value.label);
      add("value", kind.value.value);
      break;
    case "scatter":
      add("x", kind.value.x);
      add("y", kind.value.y);
      add("series", kind.value.series);
      break;
    case "heatmap":
      add("x", kind.value.x);
      add("y", kind.value.y);
      add("value", kind.value.value);
      break;
    case "histogram":
      add("value", kind.value.value);
      break;
    case "gauge":
      add("value", kind.value.value);
      add("caption", kind.value.caption);
      break;
  }
  return columns;
}

/** Returns the columns whose values a panel lets its readers click. */
export function clickColumns({ click }: Panel): readonly PanelColumn[] {
  return click.map((name, index) => ({ field: `click[${index}]`, name }));
}
