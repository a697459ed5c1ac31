import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { readPostmaster } from "./postmaster.ts";
import { databaseName, roles } from "./provision.ts";

/**
 * Finds the database that another process of ours runs on the folder, and returns the URL by which its owner logs in;
 * undefined where none takes connections. It is that process's still, and ends with it.
 */
export async function findRunningDatabase(folder: string): Promise<string | undefined> {
  const server = await readPostmaster(join(resolve(folder), "data"));
  if (!server?.ready) return undefined;
  const password = await readFile(join(folder, "password"), "utf8");
  return `postgres://${roles.owner}:${password}@${encodeURIComponent(server.socketFolder)}:5432/${databaseName}`;
}
