import { quotedIdentifier, quotedString } from "@duckdb/node-api";
import type { DuckdbJob, ViewedFile } from "./protocol.ts";

/** How every engine starts: small, and without extensions from anywhere. */
export const engineOptions: Readonly<Record<string, string>> = {
  threads: "2",
  memory_limit: "256MiB",
  autoinstall_known_extensions: "false",
  autoload_known_extensions: "false",
  allow_community_extensions: "false",
  allow_persistent_secrets: "false",
};

/**
 * Returns the statements that make a fresh engine fit for a tenant's query: its files as views, the
 * zone of its clocks, no other file, no network, nothing spilled to disk, and no way back.
 * https://duckdb.org/docs/stable/operations_manual/securing_duckdb/overview
 */
export function lockDownSql({ files, timezone }: Pick<DuckdbJob, "files" | "timezone">): string {
  return [
    `set TimeZone = ${quotedString(timezone)}`,
    "set temp_directory = ''",
    // Never allowed_directories: it lets a query write there, and adds a folder for temporary files.
    `set allowed_paths = [${files.map(({ path }) => quotedString(path)).join(", ")}]`,
    "set enable_external_access = false",
    ...files.map(createView),
    "set lock_configuration = true",
  ].join(";\n");
}

// DuckDB's own buffers, 32 MiB for each thread, would be most of what a process may take. These hold two
// of the longest lines of CSV, and JSON objects as large as a whole result may be.
const readers: Readonly<Record<ViewedFile["format"], (path: string) => string>> = {
  parquet: (path) => `read_parquet(${path})`,
  csv: (path) => `read_csv(${path}, buffer_size = 4194304)`,
  json: (path) => `read_json(${path}, maximum_object_size = 4194304)`,
};

function createView({ view, format, path }: ViewedFile): string {
  return `create view ${quotedIdentifier(view)} as from ${readers[format](quotedString(path))}`;
}
