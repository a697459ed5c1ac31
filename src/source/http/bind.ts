import type { Value } from "@bufbuild/protobuf/wkt";
import type { HttpSource } from "../../../gen/datajetty/dashboards/v1/datasource_pb.js";
import { type Binding, type BoundValue, isList, type Scalar } from "../../definition/filter-value.ts";
import { isDots, readSegments } from "../../definition/http-request.ts";
import { readValueTemplate } from "../../definition/value-template.ts";
import { SourceError } from "../source-error.ts";

/** A request without where it goes. */
export type BoundRequest = {
  readonly method: "GET" | "POST";
  /** What follows the connection's url: path and query, encoded. Each of its segments is the source's or one value. */
  readonly target: string;
  /** JSON; POST alone has it, and not always. */
  readonly body?: string;
};

/** Longer addresses are refused by most servers, which take 8 KiB, or 16. */
const maxTargetLength = 16_384;

/**
 * Puts filters' values in their places in a request, encoded so that each stays there whatever it holds. Throws
 * `source_failed` where the path has no value for a segment, or one that a server might climb by.
 */
export function bindHttpRequest(source: HttpSource, binding: Binding): BoundRequest {
  const target = bindPath(source.path, binding) + bindQuery(source.query, binding);
  if (target.length > maxTargetLength) throw failed(`path and query are longer than ${maxTargetLength / 1024} KiB`);
  if (source.method !== "POST") return { method: "GET", target };
  const body = source.body === undefined ? undefined : JSON.stringify(bindBody(source.body, binding));
  return { method: "POST", target, ...(body !== undefined && { body }) };
}

function bindPath(path: string, binding: Binding): string {
  return readSegments(path)
    .map((segment) => `/${bindSegment(segment, binding)}`)
    .join("");
}

function bindSegment(segment: string, binding: Binding): string {
  const template = readValueTemplate(segment);
  if (template === undefined || isDots(segment)) throw failed("the path cannot be read");
  // Its characters are those of the proto's pattern, which a path has as they are.
  if ("text" in template) return template.text;
  const texts = textsOf(binding[template.name]);
  const bound = texts.map(encode).join(",");
  if (bound === "") throw failed("the path stands for a filter that is unset");
  // Some servers decode a segment before they take the path apart.
  if (texts.join(",").split(/[/\\]/).some(isDots)) throw failed("a filter's value would lead out of the path");
  return bound;
}

function bindQuery(query: HttpSource["query"], binding: Binding): string {
  const pairs = Object.entries(query).flatMap(([name, text]) => {
    const template = readValueTemplate(text);
    if (template === undefined) throw failed("the query cannot be read");
    const values = "text" in template ? [template.text] : textsOf(binding[template.name]);
    return values.map((value) => `${encode(name)}=${encode(value)}`);
  });
  return pairs.length === 0 ? "" : `?${pairs.join("&")}`;
}

/** No deeper than a message may be. */
function bindBody({ kind }: Value, binding: Binding): unknown {
  switch (kind.case) {
    case "stringValue":
      return bindString(kind.value, binding);
    case "listValue":
      return kind.value.values.map((item) => bindBody(item, binding));
    case "structValue":
      return Object.fromEntries(
        Object.entries(kind.value.fields).map(([name, value]) => [name, bindBody(value, binding)]),
      );
    case "numberValue":
    case "boolValue":
      return kind.value;
    default:
      return null;
  }
}

function bindString(text: string, binding: Binding): unknown {
  const template = readValueTemplate(text);
  if (template === undefined) throw failed("the body cannot be read");
  if ("text" in template) return template.text;
  const bound = binding[template.name] ?? null;
  if (bound === null) return null;
  return isList(bound) ? bound.map(toJson) : toJson(bound);
}

function toJson(scalar: Scalar): string | number | boolean {
  return typeof scalar === "number" || typeof scalar === "boolean" ? scalar : toText(scalar);
}

function textsOf(bound: BoundValue | undefined): readonly string[] {
  if (bound === undefined || bound === null) return [];
  return isList(bound) ? bound.map(toText) : [toText(bound)];
}

function toText(scalar: Scalar): string {
  if (typeof scalar !== "object") return String(scalar);
  return scalar.kind === "date" ? scalar.iso : new Date(scalar.epochMs).toISOString();
}

/** Encodes what stands for itself alone, in a path and in a query. */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replaceAll("'", "%27");
}

function failed(category: string): SourceError {
  return new SourceError("source_failed", category);
}
