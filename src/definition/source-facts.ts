import type { Datasource, InlineSource } from "../../gen/datajetty/dashboards/v1/datasource_pb.js";
import type { FieldProblem } from "../errors/fault.ts";
import { inlineNames } from "./bound-names.ts";
import { readGrpcProblems } from "./grpc-request.ts";
import { readHttpProblems } from "./http-request.ts";
import { type Placeholder, queryOf, queryPlaceholders, requestPlaceholders } from "./placeholders.ts";
import { readQuery } from "./query.ts";
import { readingOrder } from "./reading-order.ts";

/** What the rest of a definition can be checked against. */
export type SourceFacts = {
  /** What is wrong with its query or request, by its own fields, such as `sql.query`. */
  readonly problems: readonly FieldProblem[];
  /** What stands for filters' values in that. */
  readonly placeholders: readonly Placeholder[];
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

function readSource(datasource: Datasource): SourceFacts {
  const { source } = datasource;
  if (source.case === "inline") {
    return { ...nothing, columns: columnNames(source.value), bound: new Set(inlineNames(source.value)) };
  }
  const query = queryOf(datasource);
  if (query !== undefined) {
    const { template, problem } = readQuery(query);
    if (template === undefined)
      return { ...nothing, problems: [{ field: `${source.case}.query`, description: problem }] };
    return { ...nothing, ...bind(queryPlaceholders(datasource, template)) };
  }
  if (source.case === "http") {
    const columns = source.value.columns.length > 0 ? { columns: columnNames(source.value) } : {};
    return { ...readRequest(datasource, readHttpProblems(source.value)), ...columns };
  }
  return source.case === "grpc" ? readRequest(datasource, readGrpcProblems(source.value)) : nothing;
}

const nothing = { problems: [], placeholders: [] };

function readRequest(datasource: Datasource, problems: readonly FieldProblem[]): SourceFacts {
  const placeholders = requestPlaceholders(datasource);
  return problems.length > 0 ? { problems, placeholders } : { problems, ...bind(placeholders) };
}

function bind(placeholders: readonly Placeholder[]): Pick<SourceFacts, "placeholders" | "bound"> {
  return { placeholders, bound: new Set(placeholders.map(({ name }) => name)) };
}

function columnNames({ columns }: Pick<InlineSource, "columns">): ReadonlySet<string> {
  return new Set(columns.map(({ name }) => name));
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
