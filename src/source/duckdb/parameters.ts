import {
  BIGINT,
  BOOLEAN,
  DATE,
  DOUBLE,
  DuckDBDateValue,
  type DuckDBPreparedStatement,
  DuckDBTimestampValue,
  type DuckDBType,
  type DuckDBValue,
  LIST,
  listValue,
  SQLNULL,
  TIMESTAMP,
  VARCHAR,
} from "@duckdb/node-api";
import { type Binding, type BoundValue, isList, type Scalar } from "../../definition/filter-value.ts";
import { wallClockMs } from "../wall-clock.ts";

/**
 * Binds values by name. Whole numbers are BIGINT, so that `limit $n` works, others DOUBLE; a date is a
 * DATE, a list a LIST. An instant is the TIMESTAMP that clocks in the zone show, because that is what
 * most files hold; DuckDB compares it with a TIMESTAMPTZ by the session's zone, which is the same.
 */
export function bindParameters(statement: DuckDBPreparedStatement, params: Binding, timezone: string): void {
  for (const [name, bound] of Object.entries(params)) {
    const { value, type } = toParameter(bound, timezone);
    statement.bindValue(statement.parameterIndex(name), value, type);
  }
}

type Parameter = { readonly value: DuckDBValue; readonly type: DuckDBType };

function toParameter(bound: BoundValue, timezone: string): Parameter {
  if (bound === null) return { value: null, type: SQLNULL };
  if (!isList(bound)) return scalarToParameter(bound, timezone);
  const items = bound.map((scalar) => scalarToParameter(scalar, timezone));
  const type = commonType(items.map((item) => item.type));
  const values = items.map((item, at) => (type === VARCHAR ? scalarToText(bound[at]!) : item.value));
  // Numbers are the one mix that has a type of its own, and DuckDB wants its doubles as such.
  return { value: listValue(type === DOUBLE ? values.map(Number) : values), type: LIST(type) };
}

function scalarToParameter(scalar: Scalar, timezone: string): Parameter {
  if (typeof scalar === "string") return { value: scalar, type: VARCHAR };
  if (typeof scalar === "boolean") return { value: scalar, type: BOOLEAN };
  if (typeof scalar === "number") {
    return Number.isSafeInteger(scalar) ? { value: BigInt(scalar), type: BIGINT } : { value: scalar, type: DOUBLE };
  }
  if (scalar.kind === "date") return { value: new DuckDBDateValue(Date.parse(scalar.iso) / 86_400_000), type: DATE };
  const micros = BigInt(Math.round(wallClockMs(scalar.epochMs, timezone) * 1000));
  return { value: new DuckDBTimestampValue(micros), type: TIMESTAMP };
}

/** The type of an empty list fits a column of any type. */
function commonType(types: readonly DuckDBType[]): DuckDBType {
  const [first = SQLNULL] = types;
  if (types.every((type) => type === first)) return first;
  return types.every((type) => type === BIGINT || type === DOUBLE) ? DOUBLE : VARCHAR;
}

function scalarToText(scalar: Scalar): string {
  if (typeof scalar !== "object") return String(scalar);
  return scalar.kind === "date" ? scalar.iso : new Date(scalar.epochMs).toISOString();
}
