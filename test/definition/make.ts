import { fromJson, type JsonObject, type JsonValue } from "@bufbuild/protobuf";
import { type Value, ValueSchema } from "@bufbuild/protobuf/wkt";
import { type Definition, DefinitionSchema } from "../../gen/datajetty/dashboards/v1/definition_pb.js";

/** Reads a definition as it stands on the wire; the id may be left out. */
export function definitionOf(json: JsonObject): Definition {
  return fromJson(DefinitionSchema, { dashboard_id: "ops", layout: {}, ...json });
}

/** Reads JSON values by name. */
export function valuesOf(json: Readonly<Record<string, JsonValue>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(json).map(([name, value]) => [name, fromJson(ValueSchema, value)]));
}

/** A datasource over a file with that query. */
export function duckdbOf(id: string, query: string): JsonObject {
  return { id, duckdb: { files: [{ path: "orders.parquet" }], query } };
}
