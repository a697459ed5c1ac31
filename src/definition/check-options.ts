import type { Definition } from "../../gen/datajetty/dashboards/v1/definition_pb.js";
import type { Report } from "../errors/problems.ts";
import type { SourceFacts } from "./source-facts.ts";

/** Reports filters whose options come from a datasource or column that there is not, or cannot. */
export function checkOptions(
  { filters, datasources }: Definition,
  facts: readonly SourceFacts[],
  report: Report,
): void {
  for (const [index, { type, options, optionsFrom }] of filters.entries()) {
    if (optionsFrom === undefined) continue;
    const path = `filters[${index}].options_from`;
    if (options.length > 0) report(path, "goes with no list of options: keep one");
    if (type === "boolean" || type === "range") report(path, "goes with string, number and date only");
    const at = datasources.findIndex(({ id }) => id === optionsFrom.datasource);
    if (at < 0) report(`${path}.datasource`, "is no datasource's id");
    const columns = facts[at]?.columns;
    if (columns?.has(optionsFrom.column) === false) report(`${path}.column`, "is no column of the datasource");
    if (optionsFrom.label !== "" && columns?.has(optionsFrom.label) === false) {
      report(`${path}.label`, "is no column of the datasource");
    }
  }
}
