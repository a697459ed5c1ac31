import type { Datasource, InlineColumn, InlineSource } from "../../gen/datajetty/dashboards/v1/datasource_pb.js";
import type { Definition } from "../../gen/datajetty/dashboards/v1/definition_pb.js";
import type { Report } from "../errors/problems.ts";
import { checkFiles } from "./check-files.ts";
import { type CellType, fitsCell, maxListNumbers } from "./inline-columns.ts";
import type { SourceFacts } from "./source-facts.ts";

/** Reports what is wrong with the datasources themselves. */
export function checkDatasources({ datasources }: Definition, facts: readonly SourceFacts[], report: Report): void {
  const ids = new Set<string>();
  for (const [index, datasource] of datasources.entries()) {
    const path = `datasources[${index}]`;
    if (ids.has(datasource.id)) report(`${path}.id`, "is another datasource's id");
    ids.add(datasource.id);
    checkDatasource(datasource, facts[index]!, (field, description) => report(`${path}.${field}`, description));
  }
}

function checkDatasource({ columns, source }: Datasource, facts: SourceFacts, report: Report): void {
  for (const { field, description } of facts.problems) report(field, description);
  if (facts.columns !== undefined && Object.keys(columns).some((name) => !facts.columns!.has(name))) {
    report("columns", "formats a column that the datasource does not have");
  }
  if (source.case === "duckdb") checkFiles(source.value.files, report);
  if (source.case === "inline") checkInline(source.value, report);
}

function checkInline({ columns, rows }: InlineSource, report: Report): void {
  const names = new Set<string>();
  for (const [index, { name }] of columns.entries()) {
    if (names.has(name)) report(`inline.columns[${index}].name`, "is another column's name");
    names.add(name);
  }
  for (const [row, { values }] of rows.entries()) {
    if (values.length !== columns.length) report(`inline.rows[${row}]`, "has not one cell for each column");
    for (const [index, value] of values.entries()) {
      const type = cellType(columns[index]);
      if (!fitsCell(type, value)) report(`inline.rows[${row}][${index}]`, cellWords[type]);
    }
  }
}

/** Returns the type that a column names. Whatever the proto refuses counts as none. */
function cellType(column: InlineColumn | undefined): CellType | "" {
  const type = column?.type ?? "";
  return Object.hasOwn(cellWords, type) ? (type as CellType) : "";
}

const cellWords: Readonly<Record<CellType | "", string>> = {
  "": "takes a number, a string, true, false, a list of numbers or null",
  number: "takes a number or null",
  string: "takes a string or null",
  boolean: "takes true, false or null",
  time: "takes a date or date-time of ISO 8601, or null",
  numbers: `takes a list of at most ${maxListNumbers} numbers, or null`,
};
