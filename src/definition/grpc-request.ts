import { create } from "@bufbuild/protobuf";
import { type Value, ValueSchema } from "@bufbuild/protobuf/wkt";
import type { GrpcSource } from "../../gen/datajetty/dashboards/v1/datasource_pb.js";
import type { FieldProblem } from "../errors/fault.ts";
import { type Binding, isList, type Scalar } from "./filter-value.ts";
import { readValueTemplate } from "./value-template.ts";

/** Returns the names of the filters' values that the parameters stand for, each once, in order of appearance. */
export function grpcNames(source: GrpcSource): readonly string[] {
  return [...new Set(grpcMentions(source))];
}

/** Returns the names as `grpcNames` does, each as often as it occurs. */
export function grpcMentions({ parameters }: GrpcSource): readonly string[] {
  return Object.values(parameters).flatMap((parameter) => itemsOf(parameter).flatMap(nameOf));
}

/**
 * Returns what is wrong with the parameters. A parameter is a string, a number, a boolean, or a list of one
 * of them; where a string begins with a colon, it is `:name` or `::text`, in a list, too.
 * The path ends before a parameter's name, which is the caller's own text.
 */
export function readGrpcProblems({ parameters }: GrpcSource): readonly FieldProblem[] {
  const descriptions = Object.values(parameters).flatMap(problemOf);
  return [...new Set(descriptions)].map((description) => ({ field: "grpc.parameters", description }));
}

/**
 * Returns the parameters with the filters' values in place of what stands for them. What stands for a
 * filter that is unset is left out, of a list as well; a filter's list in a list becomes part of it.
 */
export function bindGrpcParameters({ parameters }: GrpcSource, binding: Binding): Record<string, Value> {
  const bound = Object.entries(parameters).flatMap(([name, parameter]): [string, Value][] => {
    if (parameter.kind.case === "listValue") {
      return [[name, toList(parameter.kind.value.values.flatMap((item) => itemsOf(bindValue(item, binding))))]];
    }
    const value = bindValue(parameter, binding);
    return value === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries(bound);
}

function itemsOf(parameter: Value | undefined): readonly Value[] {
  if (parameter === undefined) return [];
  return parameter.kind.case === "listValue" ? parameter.kind.value.values : [parameter];
}

function nameOf({ kind }: Value): readonly string[] {
  const template = kind.case === "stringValue" ? readValueTemplate(kind.value) : undefined;
  return template !== undefined && "name" in template ? [template.name] : [];
}

function problemOf(parameter: Value): readonly string[] {
  const items = itemsOf(parameter);
  if (!items.every(({ kind }) => kind.case !== undefined && scalarCases.has(kind.case))) {
    return ["a parameter is a string, a number, true, false, or a list of one of them"];
  }
  const isUnread = ({ kind }: Value) => kind.case === "stringValue" && readValueTemplate(kind.value) === undefined;
  if (items.some(isUnread)) return ["a colon begins neither `:name` nor `::`, which stands for a colon"];
  // What stands for a filter's value has that value's type.
  const fixed = items.filter((item) => nameOf(item).length === 0);
  return new Set(fixed.map(({ kind }) => kind.case)).size > 1 ? ["a parameter's list is of one type"] : [];
}

const scalarCases: ReadonlySet<string> = new Set(["stringValue", "numberValue", "boolValue"]);

function bindValue(value: Value, binding: Binding): Value | undefined {
  const template = value.kind.case === "stringValue" ? readValueTemplate(value.kind.value) : undefined;
  if (template === undefined) return value;
  if ("text" in template) return toValue(template.text);
  const bound = binding[template.name] ?? null;
  if (bound === null) return undefined;
  return isList(bound) ? toList(bound.map(toValue)) : toValue(bound);
}

function toList(values: readonly Value[]): Value {
  return create(ValueSchema, { kind: { case: "listValue", value: { values: [...values] } } });
}

function toValue(scalar: Scalar): Value {
  if (typeof scalar === "number") return create(ValueSchema, { kind: { case: "numberValue", value: scalar } });
  if (typeof scalar === "boolean") return create(ValueSchema, { kind: { case: "boolValue", value: scalar } });
  return create(ValueSchema, { kind: { case: "stringValue", value: toText(scalar) } });
}

function toText(scalar: Exclude<Scalar, number | boolean>): string {
  if (typeof scalar === "string") return scalar;
  return scalar.kind === "date" ? scalar.iso : new Date(scalar.epochMs).toISOString();
}
