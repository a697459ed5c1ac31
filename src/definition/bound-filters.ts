import type { Datasource, InlineSource } from "../../gen/datajetty/dashboards/v1/datasource_pb.js";
import type { Definition } from "../../gen/datajetty/dashboards/v1/definition_pb.js";
import { panelIds } from "./panel.ts";
import { parseQuery } from "./query.ts";

/** The names that a range called `period` binds: `period_from`, `period_to`, `period_bucket`. */
export type RangeNames = { readonly from: string; readonly to: string; readonly bucket: string };

/** Returns the names that a range binds. */
export function rangeNames(name: string): RangeNames {
  return { from: `${name}_from`, to: `${name}_to`, bucket: `${name}_bucket` };
}

/** Returns the names that a filter binds: its own, or a range's three. */
export function namesOf(filter: { readonly name: string; readonly type: string }): readonly string[] {
  return filter.type === "range" ? Object.values(rangeNames(filter.name)) : [filter.name];
}

/**
 * Returns the names by which a binding reaches inline rows: those of the columns, which keep the
 * rows that equal a value, and the ends of a range that is called like a column of times.
 */
export function inlineNames({ columns }: InlineSource): readonly string[] {
  return columns.flatMap(({ name, type }) => {
    const { from, to } = rangeNames(name);
    return type === "time" ? [name, from, to] : [name];
  });
}

/**
 * Returns the ids of the panels with data that the filter, once set, might not narrow, so that a
 * link that fixes it can be refused. A source counts as narrowed only where the filter's placeholder
 * stands outside optional clauses, or in one that no other filter can take away.
 */
export function findUnboundPanels(definition: Definition, name: string): readonly string[] {
  const { layout, datasources, filters } = definition;
  if (layout === undefined) return [];
  const isRange = filters.some((filter) => filter.name === name && filter.type === "range");
  const { from, to } = rangeNames(name);
  const narrowing = isRange ? [from, to] : [name];
  const own = new Set(namesOf({ name, type: isRange ? "range" : "" }));
  const narrowed = new Set(
    datasources.filter((source) => narrowing.every((each) => alwaysBinds(source, each, own))).map(({ id }) => id),
  );
  const ids = panelIds(layout);
  return layout.panels.flatMap(({ datasource }, index) =>
    datasource === "" || narrowed.has(datasource) ? [] : [ids[index]!],
  );
}

function alwaysBinds({ source }: Datasource, name: string, own: ReadonlySet<string>): boolean {
  if (source.case === "inline") return inlineNames(source.value).includes(name);
  if (source.case !== "duckdb") return false;
  return parseQuery(source.value.query).clauses.some(
    ({ optional, names }) => names.includes(name) && (!optional || names.every((each) => own.has(each))),
  );
}
