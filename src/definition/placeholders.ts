import type { Datasource } from "../../gen/datajetty/dashboards/v1/datasource_pb.js";
import { grpcNames } from "./grpc-request.ts";
import { httpNames } from "./http-request.ts";
import { parseQuery, type QueryTemplate } from "./query.ts";

/** A filter's value that a datasource names, and where it does first. */
export type Placeholder = {
  readonly name: string;
  /** The field, such as `sql.query`. */
  readonly field: string;
  /** The line of a query, from 1; undefined where there is none. */
  readonly line?: number;
};

/** Returns the query of a source that is asked by SQL. */
export function queryOf({ source }: Datasource): string | undefined {
  return source.case === "duckdb" || source.case === "sql" || source.case === "derived"
    ? source.value.query
    : undefined;
}

/** Returns the placeholders of a query of the datasource, each once. */
export function queryPlaceholders({ source }: Datasource, { lines }: QueryTemplate): readonly Placeholder[] {
  return [...lines].map(([name, line]) => ({ name, field: `${source.case}.query`, line }));
}

/** Returns the placeholders of a request of a service, each once a field; none for any other source. */
export function requestPlaceholders({ source }: Datasource): readonly Placeholder[] {
  const at = (field: string) => (name: string) => ({ name, field });
  if (source.case === "grpc") return grpcNames(source.value).map(at("grpc.parameters"));
  if (source.case !== "http") return [];
  const { value } = source;
  const { body: _, ...bodiless } = value;
  return [
    ...httpNames({ ...bodiless, query: {} }).map(at("http.path")),
    ...httpNames({ ...bodiless, path: "" }).map(at("http.query")),
    ...httpNames({ ...value, path: "", query: {} }).map(at("http.body")),
  ];
}

/** Returns the names of all placeholders of a datasource. Throws INVALID_DEFINITION for a query that cannot be read. */
export function placeholderNames(datasource: Datasource): readonly string[] {
  const query = queryOf(datasource);
  return query === undefined ? requestPlaceholders(datasource).map(({ name }) => name) : parseQuery(query).placeholders;
}
