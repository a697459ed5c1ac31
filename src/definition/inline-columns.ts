import type { Value } from "@bufbuild/protobuf/wkt";
import type { InlineSource } from "../../gen/datajetty/dashboards/v1/datasource_pb.js";
import { parseTime } from "./time.ts";

/** What the cells of a column are. */
export type CellType = "number" | "string" | "boolean" | "time" | "numbers";

/** A longer list of numbers is not taken: a line in a table's cell shows some hundred of them. */
export const maxListNumbers = 1000;

/**
 * Returns the type of each column: the one it names (a name that only a later release knows counts
 * as none), else the JSON type that all its cells have, else `string` where they differ, and undefined
 * where no cell has a value. A string is never taken for a time.
 */
export function inlineColumnTypes(source: InlineSource): readonly (CellType | undefined)[] {
  const found = source.columns.map(({ type }) => cellTypes.find((known) => known === type));
  const open = [...source.columns.keys()].filter((index) => found[index] === undefined);
  for (const { values } of source.rows) {
    for (const index of open) {
      const cell = values[index] && jsonType(values[index]);
      if (cell !== undefined) found[index] = (found[index] ?? cell) === cell ? cell : "string";
    }
  }
  return found;
}

/**
 * Whether a cell may stand in a column of that type; `""` takes any JSON value but objects and lists
 * of anything but numbers. Null fits everywhere, in lists too.
 */
export function fitsCell(type: CellType | "", value: Value): boolean {
  const { kind } = value;
  if (kind.case === "nullValue") return true;
  if (type === "time") return kind.case === "stringValue" && parseTime(kind.value) !== undefined;
  const own = jsonType(value);
  return own !== undefined && (type === "" || own === type);
}

const cellTypes: readonly CellType[] = ["number", "string", "boolean", "time", "numbers"];

const jsonTypes: Readonly<Partial<Record<NonNullable<Value["kind"]["case"]>, CellType>>> = {
  numberValue: "number",
  stringValue: "string",
  boolValue: "boolean",
};

function jsonType({ kind }: Value): CellType | undefined {
  if (kind.case !== "listValue") return kind.case && jsonTypes[kind.case];
  const { values } = kind.value;
  const isNumbers = values.every(({ kind }) => kind.case === "numberValue" || kind.case === "nullValue");
  return isNumbers && values.length <= maxListNumbers ? "numbers" : undefined;
}
