import { toJsonString } from "@bufbuild/protobuf";
import {
  type DerivedSource,
  type DuckdbSource,
  type GrpcSource,
  GrpcSourceSchema,
  type HttpSource,
  HttpSourceSchema,
  type SqlSource,
} from "../../gen/datajetty/dashboards/v1/datasource_pb.js";
import { type Binding, type BoundValue, bindingKey, createBinding, isList } from "../definition/filter-value.ts";
import { grpcMentions } from "../definition/grpc-request.ts";
import { httpMentions } from "../definition/http-request.ts";
import { parseQuery, type QueryTemplate } from "../definition/query.ts";
import { createQueryBinding } from "./query-binding.ts";
import { SourceError } from "./source-error.ts";

/** A source with the values that reach it, and a text that no other source and values have. */
export type BoundSource = { readonly binding: Binding; readonly key: string };

/** The same for a source of SQL, with its query in DuckDB's dialect. */
export type BoundQuery = BoundSource & { readonly template: QueryTemplate; readonly sql: string };

/** Gives sources their values, and takes each apart once for as long as its definition is kept. */
export type BindSource = {
  /** Throws for a query that cannot be read, which no saved definition has. */
  query(source: DuckdbSource | DerivedSource | SqlSource, binding: Binding): BoundQuery;
  /** Throws `source_failed`, as `grpc` does, where the values would make the request too large. */
  http(source: HttpSource, binding: Binding): BoundSource;
  grpc(source: GrpcSource, binding: Binding): BoundSource;
};

/** A source as text, and how often it stands for each filter's value. */
type Request = { readonly text: string; readonly mentions: ReadonlyMap<string, number> };

/**
 * Characters of filters' values in a request. A caller's filters have half as many at most, but a request may stand
 * for one of them a hundred thousand times, and what it would be then fits into no memory.
 */
const maxValueChars = 512 * 1024;

/** What an item costs beside its characters. */
const itemChars = 8;

/** Creates the binding of sources. */
export function createSourceBinding(): BindSource {
  const templates = new WeakMap<object, QueryTemplate>();
  const requests = new WeakMap<object, Request>();
  const bindText = createQueryBinding();
  return {
    query(source, given) {
      const template = once(templates, source, () => parseQuery(source.query));
      const { sql, names } = bindText(template, given);
      const binding = pick(names, given);
      return { template, sql, binding, key: JSON.stringify([sql, bindingKey(binding)]) };
    },
    http(source, given) {
      const read = () => ({ text: toJsonString(HttpSourceSchema, source), mentions: count(httpMentions(source)) });
      return toBound(once(requests, source, read), given);
    },
    grpc(source, given) {
      const read = () => ({ text: toJsonString(GrpcSourceSchema, source), mentions: count(grpcMentions(source)) });
      return toBound(once(requests, source, read), given);
    },
  };
}

function toBound({ text, mentions }: Request, given: Binding): BoundSource {
  const binding = pick([...mentions.keys()], given);
  let chars = 0;
  for (const [name, times] of mentions) chars += times * charsOf(binding[name] ?? null);
  if (chars > maxValueChars) throw new SourceError("source_failed", "the filters' values make the request too large");
  return { binding, key: JSON.stringify([text, bindingKey(binding)]) };
}

function charsOf(bound: BoundValue): number {
  const items = bound === null ? [] : isList(bound) ? bound : [bound];
  return items.reduce<number>((sum, item) => sum + itemChars + (typeof item === "string" ? item.length : 0), 0);
}

function count(names: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

/** What a source does not name is no reason to read anew. */
function pick(names: readonly string[], binding: Binding): Binding {
  return createBinding(names.map((name) => [name, binding[name] ?? null]));
}

function once<V>(known: WeakMap<object, V>, source: object, make: () => V): V {
  const value = known.get(source) ?? make();
  known.set(source, value);
  return value;
}
