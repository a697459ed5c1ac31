import { lstat, open, readdir, readlink, rm } from "node:fs/promises";
import { join, relative } from "node:path";

/** A file of a tenant's folder, or what is not exported: a symbolic link, a socket. */
export type TenantFile = {
  /** From the tenant's folder on, with `/`. */
  readonly path: string;
  readonly isPlain: boolean;
  readonly modifiedMs: number;
  /** Its bytes, some at a time. */
  readonly chunks: () => AsyncGenerator<Uint8Array, void, void>;
};

/** A multiple of three, so that base64 of the chunks is base64 of the file. */
const chunkBytes = 3 * 256 * 1024;

/** Finds the files of a tenant's folder and of the folders in it, in the order of their names; none without one. */
export async function* findTenantFiles(folder: string): AsyncGenerator<TenantFile, void, void> {
  if ((await lstat(folder).catch(() => undefined)) === undefined) return;
  yield* walk(folder, folder);
}

async function* walk(root: string, folder: string): AsyncGenerator<TenantFile, void, void> {
  // With a slash, the folder itself may be a symbolic link.
  const entries = (await readdir(`${folder}/`, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      yield* walk(root, path);
    } else {
      const { mtimeMs } = await lstat(path);
      const place = relative(root, path).replaceAll("\\", "/");
      yield { path: place, isPlain: entry.isFile(), modifiedMs: Math.floor(mtimeMs), chunks: () => readChunks(path) };
    }
  }
}

async function* readChunks(path: string): AsyncGenerator<Uint8Array, void, void> {
  await using file = await open(path);
  const buffer = Buffer.alloc(chunkBytes);
  for (;;) {
    let filled = 0;
    for (let read = 1; read > 0 && filled < chunkBytes; filled += read) {
      read = (await file.read(buffer, filled, chunkBytes - filled)).bytesRead;
    }
    if (filled > 0) yield buffer.subarray(0, filled);
    if (filled < chunkBytes) return;
  }
}

/**
 * Deletes a tenant's folder, if there is one, and says whether there was. Where it is a symbolic link, the link is
 * deleted, and where it led is returned: what is there may be more than the tenant's.
 */
export async function deleteTenantFolder(folder: string): Promise<{ readonly was: boolean; readonly led?: string }> {
  const found = await lstat(folder).catch(() => undefined);
  if (found === undefined) return { was: false };
  const led = found.isSymbolicLink() ? await readlink(folder) : undefined;
  await rm(folder, { recursive: true, force: true });
  return { was: true, ...(led !== undefined && { led }) };
}
