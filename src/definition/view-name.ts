import type { DuckdbFile } from "../../gen/datajetty/dashboards/v1/datasource_pb.js";

/**
 * Returns the name of the view that shows the file: its own, else the file's stem in lower case,
 * with `_` for each character that SQL would need quoted and before a digit in front.
 */
export function viewName({ name, path }: DuckdbFile): string {
  if (name !== "") return name;
  const file = path.slice(path.lastIndexOf("/") + 1);
  const dot = file.lastIndexOf(".");
  return toName(dot < 0 ? file : file.slice(0, dot));
}

/** Returns the name of the view that shows a datasource to a derived one, made of its id in the same way. */
export function idToViewName(id: string): string {
  return toName(id);
}

/** Returns how the file is to be read, by its extension in any case; undefined for others. */
export function fileFormat({ path }: DuckdbFile): "parquet" | "csv" | "json" | undefined {
  return formats.get(path.slice(path.lastIndexOf(".")).toLowerCase());
}

const formats: ReadonlyMap<string, "parquet" | "csv" | "json"> = new Map([
  [".parquet", "parquet"],
  [".csv", "csv"],
  [".json", "json"],
  [".ndjson", "json"],
  [".jsonl", "json"],
]);

function toName(text: string): string {
  const name = text.toLowerCase().replace(/[^a-z0-9_]/g, "_");
  return /^[0-9]/.test(name) ? `_${name}` : name;
}
