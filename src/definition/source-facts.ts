import type { Datasource } from "../../gen/datajetty/dashboards/v1/datasource_pb.js";
import { inlineNames } from "./bound-names.ts";
import { type QueryReading, readQuery } from "./query.ts";
import { readingOrder } from "./reading-order.ts";

/** What the rest of a definition can be checked against. */
export type SourceFacts = {
  /** The query, for a source that has one. */
  readonly query?: QueryReading;
  /** The columns, for a source whose columns are known before it runs. */
  readonly columns?: ReadonlySet<string>;
  /** The names that it binds, by way of what it reads too; absent where that cannot be read. */
  readonly bound?: ReadonlySet<string>;
};

/** Reads what each datasource of a definition says of itself, in their order. */
export function readSources(datasources: readonly Datasource[]): readonly SourceFacts[] {
  const alone = new Map(datasources.map((datasource) => [datasource, readSource(datasource)]));
  return datasources.map((datasource) => {
    const { bound, ...facts } = alone.get(datasource)!;
    const names = datasource.source.case === "derived" ? boundOfAll(datasource, datasources, alone) : bound;
    return names === undefined ? facts : { ...facts, bound: names };
  });
}

function readSource({ source }: Datasource): SourceFacts {
  if (source.case === "inline") {
    const columns = new Set(source.value.columns.map(({ name }) => name));
    return { columns, bound: new Set(inlineNames(source.value)) };
  }
  if (source.case !== "duckdb" && source.case !== "derived") return {};
  const query = readQuery(source.value.query);
  return query.template === undefined ? { query } : { query, bound: new Set(query.template.placeholders) };
}

function boundOfAll(
  datasource: Datasource,
  datasources: readonly Datasource[],
  alone: ReadonlyMap<Datasource, SourceFacts>,
): ReadonlySet<string> | undefined {
  const bounds = readingOrder(datasource, datasources)?.map((each) => alone.get(each)?.bound);
  if (bounds === undefined || bounds.includes(undefined)) return undefined;
  return new Set(bounds.flatMap((bound) => [...(bound ?? [])]));
}
