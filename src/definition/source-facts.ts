import type { Datasource } from "../../gen/datajetty/dashboards/v1/datasource_pb.js";
import { inlineNames } from "./bound-names.ts";
import { type QueryReading, readQuery } from "./query.ts";

/** What the rest of a definition can be checked against. */
export type SourceFacts = {
  /** The query, for a source that has one. */
  readonly query?: QueryReading;
  /** The columns, for a source whose columns are known before it runs. */
  readonly columns?: ReadonlySet<string>;
  /** The names that it binds; absent where that cannot be read. */
  readonly bound?: ReadonlySet<string>;
};

/** Reads what a datasource says of itself. */
export function readSource({ source }: Datasource): SourceFacts {
  if (source.case === "inline") {
    const columns = new Set(source.value.columns.map(({ name }) => name));
    return { columns, bound: new Set(inlineNames(source.value)) };
  }
  if (source.case !== "duckdb") return {};
  const query = readQuery(source.value.query);
  return query.template === undefined ? { query } : { query, bound: new Set(query.template.placeholders) };
}
