import { access, open, rename, rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import type { Actor } from "../store/audit.ts";
import type { Connection } from "../store/connection.ts";
import { writeTenantAudit } from "../store/tenants-change.ts";
import { type ExportedRow, readTenantRows } from "../store/tenants-export.ts";
import { forTenant } from "../store/tenants-owner.ts";
import { findTenantFiles } from "./tenant-files.ts";

/** What is exported, and where to. */
export type TenantExport = {
  readonly tenant: string;
  /** The tenant's folder of files. */
  readonly folder: string;
  readonly out: string;
  readonly actor: Actor;
  /** Told how far it is, a line at a time. */
  readonly progress: (line: string) => void;
  /** Ends it, and leaves nothing behind. */
  readonly signal: AbortSignal;
};

/** What an archive holds: rows by table, and files. */
export type Exported = { readonly rows: Readonly<Record<string, number>>; readonly files: number };

const everyMs = 2_000;

/**
 * Writes everything of a tenant to one file, whole or not at all, for its owner alone to read: gzipped lines of JSON,
 * as docs/data-model.md says. Rows are as they were at one moment; files are as they are when they are read. It holds
 * little at a time, however much there is. Throws an Error for whoever called where the file is there already.
 */
export async function exportTenant(connection: Connection, wanted: TenantExport): Promise<Exported> {
  const { tenant, out, actor, signal } = wanted;
  if (await isThere(out)) throw new Error("the file of --out is there already: name another, or remove it");
  const part = `${out}.part`;
  await using draft = await open(part, "wx", 0o600).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw new Error(`the file of --out cannot be written: ${error.code}`);
    throw new Error("another export to this file is under way: if it was killed, remove what ends with .part");
  });
  try {
    await forTenant(connection, tenant, () => writeTenantAudit(connection, tenant, actor, "export", true));
    const exported = { rows: {} as Record<string, number>, files: 0 };
    await readTenantRows(connection, tenant, (rows) =>
      pipeline(
        Readable.from(writeLines(rows, wanted, exported)),
        createGzip(),
        // It is on the disk before it has its name.
        draft.createWriteStream({ flush: true }),
        { signal },
      ),
    );
    await rename(part, out);
    return exported;
  } catch (error) {
    await rm(part, { force: true });
    throw signal.aborted ? new Error("ended: nothing was exported") : error;
  }
}

async function* writeLines(
  rows: AsyncGenerator<ExportedRow, void, void>,
  { tenant, folder, progress }: TenantExport,
  exported: { rows: Record<string, number>; files: number },
): AsyncGenerator<string, void, void> {
  let saidAtMs = performance.now();
  const say = (line: string) => {
    if (performance.now() - saidAtMs < everyMs) return;
    saidAtMs = performance.now();
    progress(line);
  };
  yield toLine({ format: "dashboards-tenant", format_version: 1, tenant, exported_at: new Date().toISOString() });
  for await (const { table, json } of rows) {
    exported.rows[table] = (exported.rows[table] ?? 0) + 1;
    say(`${table}: ${exported.rows[table]} rows`);
    yield `{"table":${JSON.stringify(table)},"row":${json}}\n`;
  }
  for await (const { path, isPlain, modifiedMs, chunks } of findTenantFiles(folder)) {
    if (!isPlain) {
      progress(`${path} is no plain file: left out`);
      continue;
    }
    let bytes = 0;
    for await (const chunk of chunks()) {
      bytes += chunk.length;
      say(`${path}: ${bytes} bytes`);
      yield toLine({ file: path, base64: Buffer.from(chunk).toString("base64") });
    }
    exported.files += 1;
    yield toLine({ file: path, bytes, modified_at: new Date(modifiedMs).toISOString() });
  }
  yield toLine({ end: exported });
}

function toLine(value: object): string {
  return `${JSON.stringify(value)}\n`;
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
