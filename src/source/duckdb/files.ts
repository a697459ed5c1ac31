import { realpath, stat } from "node:fs/promises";
import { basename, join, sep } from "node:path";
import type { DuckdbFile } from "../../../gen/datajetty/dashboards/v1/datasource_pb.js";
import { fileFormat, viewName } from "../../definition/view-name.ts";
import { SourceError } from "../source-error.ts";
import type { ViewedFile } from "./protocol.ts";

/** The files that a datasource declares, found. */
export type LocatedFiles = {
  /** The tenant's folder: absolute, with every symbolic link resolved. */
  readonly folder: string;
  readonly files: readonly LocatedFile[];
};

/** A file and what tells that it has changed. */
type LocatedFile = ViewedFile & { readonly sizeBytes: number; readonly modifiedMs: number };

/**
 * Finds files in the tenant's folder under `filesDir`. Throws `source_failed` for a file that is
 * missing, is not a plain file of a known format, or lies outside the folder once every symbolic link
 * is followed.
 */
export async function locateFiles(
  filesDir: string,
  tenant: string,
  files: readonly DuckdbFile[],
): Promise<LocatedFiles> {
  if (tenant !== basename(tenant) || tenant === "." || tenant === "..") throw refusal("not a tenant");
  const folder = await resolveLinks(join(filesDir, tenant));
  return { folder, files: await Promise.all(files.map((file) => locateFile(folder, file))) };
}

async function locateFile(folder: string, file: DuckdbFile): Promise<LocatedFile> {
  const format = fileFormat(file);
  if (format === undefined) throw refusal("file of unknown format");
  const path = await resolveLinks(join(folder, file.path));
  if (!path.startsWith(folder + sep)) throw refusal("file outside the tenant's folder");
  const found = await stat(path);
  if (!found.isFile()) throw refusal("not a plain file");
  return { view: viewName(file), path, format, sizeBytes: found.size, modifiedMs: found.mtimeMs };
}

function resolveLinks(path: string): Promise<string> {
  return realpath(path).catch(() => {
    throw refusal("no such file");
  });
}

function refusal(category: string): SourceError {
  return new SourceError("source_failed", category);
}
