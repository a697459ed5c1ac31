import type { Datasource } from "../../gen/datajetty/dashboards/v1/datasource_pb.js";
import type { FilterType } from "./fit-value.ts";
import { inlineColumnTypes } from "./inline-columns.ts";
import { placeholderNames } from "./placeholders.ts";

/** How many placeholders filters may be inferred from: as many as filters may be declared. */
export const maxPlaceholders = 50;

/** Every render settles every filter, so there is an end to them: two inline sources at their widest. */
const maxInferred = 200;

/**
 * Returns the filters of a definition that declares none, by name: `any` for each placeholder of a
 * query or request, then for each inline column what its cells are, both in the order of the definition. Where
 * two sources disagree, and where a column has no values, it is `any`. Names beyond the first 200 are
 * no filters, nor are lists of numbers. Throws INVALID_DEFINITION for a query that cannot be read.
 */
export function inferFilters(datasources: readonly Datasource[]): ReadonlyMap<string, FilterType> {
  const found = new Map<string, FilterType>();
  for (const [name, type] of [...datasources.flatMap(fromPlaceholders), ...datasources.flatMap(fromColumns)]) {
    const known = found.get(name);
    if (known !== undefined || found.size < maxInferred) found.set(name, (known ?? type) === type ? type : "any");
  }
  return found;
}

type Inferred = readonly [name: string, type: FilterType];

function fromPlaceholders(datasource: Datasource): readonly Inferred[] {
  return placeholderNames(datasource).map((name) => [name, "any"]);
}

function fromColumns({ source }: Datasource): readonly Inferred[] {
  if (source.case !== "inline") return [];
  const types = inlineColumnTypes(source.value);
  return source.value.columns.flatMap(({ name }, index): readonly Inferred[] => {
    const type = types[index] ?? "any";
    return type === "numbers" ? [] : [[name, type]];
  });
}
