import type { Definition } from "../../gen/datajetty/dashboards/v1/definition_pb.js";
import type { Filter } from "../../gen/datajetty/dashboards/v1/filter_pb.js";
import type { Report } from "../errors/problems.ts";
import { namesOf } from "./bound-names.ts";
import { describeType, fitScalar } from "./fit-value.ts";
import { maxPlaceholders } from "./infer-filters.ts";
import { isTimezone } from "./intl-names.ts";
import type { Placeholder } from "./placeholders.ts";
import { settleFilter } from "./settle-filter.ts";
import type { SourceFacts } from "./source-facts.ts";

/**
 * Reports what is wrong with the filters that a definition declares and with how its sources bind
 * them, and placeholders from which more filters would be inferred than may be declared.
 */
export function checkFilters(definition: Definition, facts: readonly SourceFacts[], report: Report): void {
  if (definition.filters.length === 0) checkInferred(facts, report);
  else checkDeclared(definition, facts, report);
}

function reportPlaceholder(index: number, { field, line }: Placeholder, description: string, report: Report): void {
  report(`datasources[${index}].${field}`, line === undefined ? description : `line ${line}: ${description}`);
}

function checkDeclared(definition: Definition, facts: readonly SourceFacts[], report: Report): void {
  const { filters, layout } = definition;
  const timezone = layout !== undefined && isTimezone(layout.timezone) ? layout.timezone : "UTC";
  for (const [index, filter] of filters.entries()) {
    checkValues(filter, timezone, (field, description) => report(`filters[${index}].${field}`, description));
  }
  checkNames(filters, report);
  checkBound(definition, facts, report);
}

function checkInferred(facts: readonly SourceFacts[], report: Report): void {
  const names = new Set<string>();
  for (const [index, { placeholders }] of facts.entries()) {
    for (const placeholder of placeholders) {
      names.add(placeholder.name);
      if (names.size <= maxPlaceholders) continue;
      const words = `there are more than ${maxPlaceholders} placeholders, each of which is a filter`;
      reportPlaceholder(index, placeholder, words, report);
      return;
    }
  }
}

/** The types that a filter may declare. */
const types = ["string", "number", "boolean", "date", "range"] as const;

function checkValues(filter: Filter, timezone: string, report: Report): void {
  const { many, options } = filter;
  const type = types.find((each) => each === filter.type);
  // The proto refuses every other type.
  if (type === undefined) return;
  if (type === "boolean" || type === "range") {
    if (many) report("many", "goes with string, number and date only");
    if (options.length > 0) report("options", "go with string, number and date only");
  } else {
    for (const [index, option] of options.entries()) {
      if (fitScalar(type, option) === undefined) report(`options[${index}]`, describeType(type, false));
    }
  }
  // Whether a default fits does not depend on when it is read.
  const clock = { nowMs: 0, timezone, roundS: 1 };
  const settled = settleFilter({ type, many, options, required: false }, filter.default, clock);
  if ("problem" in settled) report("default", settled.problem);
}

/** Reports names that two filters bind, also where only the case differs: DuckDB takes those for one. */
function checkNames(filters: readonly Filter[], report: Report): void {
  const taken = new Set<string>();
  for (const [index, filter] of filters.entries()) {
    const names = namesOf(filter).map((name) => name.toLowerCase());
    if (names.some((name) => taken.has(name)))
      report(`filters[${index}].name`, "binds a name that another filter binds");
    for (const name of names) taken.add(name);
  }
}

/** Reports filters without a source and placeholders without a filter. A query that cannot be read may bind anything. */
function checkBound(definition: Definition, facts: readonly SourceFacts[], report: Report): void {
  const { filters } = definition;
  if (facts.length > 0 && facts.every(({ bound }) => bound !== undefined)) {
    const bound = new Set(facts.flatMap((source) => [...(source.bound ?? [])]));
    for (const [index, filter] of filters.entries()) {
      if (!namesOf(filter).some((name) => bound.has(name)))
        report(`filters[${index}].name`, "is bound by no datasource");
    }
  }
  const declared = new Set(filters.flatMap(namesOf));
  for (const [index, { placeholders }] of facts.entries()) {
    for (const placeholder of placeholders) {
      if (!declared.has(placeholder.name))
        reportPlaceholder(index, placeholder, "a placeholder is no filter's", report);
    }
  }
}
