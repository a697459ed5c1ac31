import type { Definition } from "../../gen/datajetty/dashboards/v1/definition_pb.js";
import type { FieldProblem } from "../errors/fault.ts";
import { createProblems } from "../errors/problems.ts";
import { checkDatasources } from "./check-datasources.ts";
import { checkDerived } from "./check-derived.ts";
import { checkFilters } from "./check-filters.ts";
import { checkLayout } from "./check-layout.ts";
import { checkOptions } from "./check-options.ts";
import { readSources } from "./source-facts.ts";

/**
 * Returns everything that is wrong between the fields of a definition, each with its path, such as
 * `layout.panels[2].datasource`; at most 100 problems, the last of which then says that there are
 * more. What one field may hold by itself is the proto's to say. No value is repeated.
 */
export function checkDefinition(definition: Definition): readonly FieldProblem[] {
  const { report, list } = createProblems();
  const facts = readSources(definition.datasources);
  checkLayout(definition, facts, report);
  checkFilters(definition, facts, report);
  checkOptions(definition, facts, report);
  checkDatasources(definition, facts, report);
  checkDerived(definition, report);
  return list();
}
