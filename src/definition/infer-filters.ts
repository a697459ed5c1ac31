import type { Datasource } from "../../gen/datajetty/dashboards/v1/datasource_pb.js";
import type { FilterType } from "./fit-value.ts";
import { inlineColumnTypes } from "./inline-columns.ts";
import { parseQuery } from "./query.ts";

/**
 * Returns the filters of a definition that declares none, by name: `any` for each placeholder of a
 * query, and for each inline column what its cells are. Where two sources disagree, and where a
 * column has no values, it is `any`. Throws INVALID_DEFINITION for a query that cannot be read.
 */
export function inferFilters(datasources: readonly Datasource[]): ReadonlyMap<string, FilterType> {
  const found = new Map<string, FilterType>();
  for (const [name, type] of datasources.flatMap(inferFrom)) {
    found.set(name, (found.get(name) ?? type) === type ? type : "any");
  }
  return found;
}

function inferFrom({ source }: Datasource): (readonly [string, FilterType])[] {
  if (source.case === "duckdb") return parseQuery(source.value.query).placeholders.map((name) => [name, "any"]);
  if (source.case !== "inline") return [];
  const types = inlineColumnTypes(source.value);
  return source.value.columns.map(({ name }, index) => [name, types[index] ?? "any"]);
}
