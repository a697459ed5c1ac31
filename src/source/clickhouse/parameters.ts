import { type Binding, type BoundValue, isList, type Scalar } from "../../definition/filter-value.ts";
import { bindQuery, type QueryTemplate } from "../../definition/query.ts";

/** A value as the driver takes it, which writes and escapes it as servers read parameters. */
export type ParameterValue = string | number | boolean | null | readonly ParameterValue[];

/**
 * Returns the statement with `{p0:Type}` in place of its placeholders, and the values of these as `p0`: what
 * is bound never becomes a part of the statement. Whole numbers are Int64, others Float64; a date is a Date32,
 * an instant a DateTime64 in UTC, which compare rightly with columns of any zone, and a list is an Array, of
 * texts where its values have no type in common.
 *
 * @see https://clickhouse.com/docs/interfaces/http#cli-queries-with-parameters
 */
export function bindParameters(
  template: QueryTemplate,
  binding: Binding,
): { readonly sql: string; readonly parameters: Readonly<Record<string, ParameterValue>> } {
  const read = (name: string) => toParameter(binding[name] ?? null);
  const { sql, names } = bindQuery(template, binding, (name, at) => `{p${at}:${read(name).type}}`);
  return { sql, parameters: Object.fromEntries(names.map((name, at) => [`p${at}`, read(name).value])) };
}

type Parameter = { readonly type: string; readonly value: ParameterValue };

function toParameter(bound: BoundValue): Parameter {
  if (bound === null) return { type: "Nullable(Nothing)", value: null };
  if (!isList(bound)) return toScalar(bound);
  const items = bound.map(toScalar);
  const type = commonType(items.map((item) => item.type));
  return { type: `Array(${type})`, value: items.map(({ value }) => (type === "String" ? `${value}` : value)) };
}

function toScalar(scalar: Scalar): Parameter {
  if (typeof scalar === "string") return { type: "String", value: scalar };
  if (typeof scalar === "boolean") return { type: "Bool", value: scalar };
  if (typeof scalar === "number") return { type: Number.isSafeInteger(scalar) ? "Int64" : "Float64", value: scalar };
  if (scalar.kind === "date") return { type: "Date32", value: scalar.iso };
  const [date, time] = new Date(scalar.epochMs).toISOString().split(/[TZ]/);
  return { type: "DateTime64(3,'UTC')", value: `${date} ${time}` };
}

/** The type of an empty list fits a column of any type. */
function commonType(types: readonly string[]): string {
  const [first = "Nullable(Nothing)"] = types;
  if (types.every((type) => type === first)) return first;
  return types.every((type) => type === "Int64" || type === "Float64") ? "Float64" : "String";
}
