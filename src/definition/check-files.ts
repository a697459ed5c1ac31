import type { DuckdbFile } from "../../gen/datajetty/dashboards/v1/datasource_pb.js";
import type { Report } from "../errors/problems.ts";
import { fileFormat, viewName } from "./view-name.ts";

/** Reports what is wrong with the files of a DuckDB datasource or connection, of which each is a view. */
export function checkFiles(files: readonly DuckdbFile[], report: Report): void {
  const names = new Set<string>();
  for (const [index, file] of files.entries()) {
    const name = viewName(file);
    if (fileFormat(file) === undefined) report(`duckdb.files[${index}].path`, "ends in no known extension");
    if (!/^[a-z_][a-z0-9_]{0,62}$/.test(name)) report(`duckdb.files[${index}].name`, "is needed: the path gives none");
    if (names.has(name)) report(`duckdb.files[${index}].name`, "is another file's name");
    names.add(name);
  }
}
