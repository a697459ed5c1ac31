import { create, type MessageInitShape } from "@bufbuild/protobuf";
import type { Value } from "@bufbuild/protobuf/wkt";
import {
  type ColumnSchema,
  type QueryRequest,
  type QueryResponse,
  QueryResponseSchema,
} from "../gen/datajetty/source/v1/source_service_pb.js";
import { type BirdStrike, type Dimension, groupStrikes, type StrikeGroup } from "./bird-strikes.ts";

/** A query or a parameter that the service does not know: asking again will not help. */
export class QueryRefused extends Error {}

/** Rows of one response: enough to fill a few packets, and few enough to be made in no time. */
const batchRows = 500;

/**
 * Answers `strikes` (a row each), or `strikes by` a dimension such as `month` or `airport`, in batches. Parameters, all optional:
 * `from` and `to` (a date or an instant; `to` is exclusive), `state` and `airport` (a text or a list of them).
 * Throws QueryRefused for anything else.
 */
export function* answerStrikes(strikes: readonly BirdStrike[], request: QueryRequest): Generator<QueryResponse> {
  const wanted = strikes.filter(toCondition(request));
  if (request.query === "strikes") return yield* inBatches(wanted, request.maxRows, toStrikeColumns);
  const dimension = dimensions.find((each) => request.query === `strikes by ${each}`);
  if (dimension === undefined) throw new QueryRefused("the query is `strikes`, or `strikes by` one of its columns");
  yield* inBatches(groupStrikes(wanted, dimension), request.maxRows, (rows) => toGroupColumns(dimension, rows));
}

const dimensions: readonly Dimension[] = [
  "day",
  "month",
  "airport",
  "state",
  "species",
  "size",
  "phase",
  "time_of_day",
  "operator",
  "damage",
];

type Columns = MessageInitShape<typeof ColumnSchema>[];

/** Also no rows are a batch: it says which columns there are. */
function* inBatches<Row>(
  rows: readonly Row[],
  maxRows: number,
  toColumns: (rows: readonly Row[]) => Columns,
): Generator<QueryResponse> {
  const end = Math.min(rows.length, maxRows);
  let from = 0;
  do {
    const batch = rows.slice(from, Math.min(from + batchRows, end));
    yield create(QueryResponseSchema, { rows: batch.length, columns: toColumns(batch) });
    from += batchRows;
  } while (from < end);
}

function toGroupColumns(dimension: Dimension, groups: readonly StrikeGroup[]): Columns {
  const isTime = dimension === "day" || dimension === "month";
  return [
    (isTime ? days : strings)(dimension, groups, ({ key }) => key),
    integers("strikes", groups, ({ strikes }) => strikes),
    integers("damaging", groups, ({ damaging }) => damaging),
    money("cost_usd", groups, ({ cost_usd }) => cost_usd),
  ];
}

function toStrikeColumns(rows: readonly BirdStrike[]): Columns {
  return [
    days("day", rows, ({ day }) => day),
    ...strikeTexts.map((name) => strings(name, rows, (row) => row[name])),
    integers("speed_knots", rows, (row) => row.speed_knots),
    money("cost_usd", rows, (row) => row.cost_usd),
  ];
}

const strikeTexts = [
  "airport",
  "state",
  "species",
  "size",
  "phase",
  "time_of_day",
  "aircraft",
  "operator",
  "damage",
] as const;

/** Days are readings of a calendar: as if in UTC, and not `zoned`. */
function days<Row>(name: string, rows: readonly Row[], pick: (row: Row) => string): Columns[number] {
  return { name, values: { case: "times", value: { epochMs: rows.map((row) => BigInt(Date.parse(pick(row)))) } } };
}

function strings<Row>(name: string, rows: readonly Row[], pick: (row: Row) => string): Columns[number] {
  return { name, values: { case: "strings", value: { values: rows.map(pick) } } };
}

/** A row that has no value is named in `nulls`, and has anything in its place. */
function integers<Row>(name: string, rows: readonly Row[], pick: (row: Row) => number | undefined): Columns[number] {
  const picked = rows.map(pick);
  const nulls = picked.flatMap((value, row) => (value === undefined ? [row] : []));
  return { name, nulls, values: { case: "integers", value: { values: picked.map((value) => BigInt(value ?? 0)) } } };
}

/** Money as decimals: no cent is lost on the way. */
function money<Row>(name: string, rows: readonly Row[], pick: (row: Row) => number): Columns[number] {
  return { name, values: { case: "decimals", value: { values: rows.map((row) => pick(row).toFixed(2)) } } };
}

function toCondition({ parameters, timezone }: QueryRequest): (strike: BirdStrike) => boolean {
  const { from, to, state, airport, ...others } = parameters;
  if (Object.keys(others).length > 0) throw new QueryRefused("the parameters are `from`, `to`, `state` and `airport`");
  const first = from && toDay(from, timezone);
  const end = to && toDay(to, timezone);
  const states = state && toTexts(state);
  const airports = airport && toTexts(airport);
  return (strike) =>
    (first === undefined || strike.day >= first) &&
    (end === undefined || strike.day < end) &&
    (states?.has(strike.state) ?? true) &&
    (airports?.has(strike.airport) ?? true);
}

/** The day of an instant is that of the zone in which the dashboard is read. */
function toDay({ kind }: Value, timezone: string): string {
  const text = kind.case === "stringValue" ? kind.value : "";
  try {
    if (text.length === "YYYY-MM-DD".length) return Temporal.PlainDate.from(text).toString();
    return Temporal.Instant.from(text).toZonedDateTimeISO(timezone).toPlainDate().toString();
  } catch {
    throw new QueryRefused("`from` and `to` are dates or instants");
  }
}

function toTexts(value: Value): ReadonlySet<string> {
  const items = value.kind.case === "listValue" ? value.kind.value.values : [value];
  return new Set(
    items.map(({ kind }) => {
      if (kind.case !== "stringValue") throw new QueryRefused("`state` and `airport` are texts, or lists of them");
      return kind.value;
    }),
  );
}
