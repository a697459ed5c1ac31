import { setTimeout as sleep } from "node:timers/promises";
import type { Actor } from "../store/audit.ts";
import type { Connection } from "../store/connection.ts";
import { suspendTenant } from "../store/tenants-change.ts";
import { openPurge } from "../store/tenants-purge.ts";
import { describeTenant } from "../store/tenants-usage.ts";
import { deleteTenantFolder } from "./tenant-files.ts";

/** What is purged, by whom. */
export type TenantPurge = {
  readonly tenant: string;
  /** The tenant's folder of files. */
  readonly folder: string;
  readonly actor: Actor;
  /** Told what is done, a line at a time. */
  readonly progress: (line: string) => void;
};

/** As long as calls may take that a replica let in before it knew of the suspension, and a second more. */
const settleMs = 8_000;

/**
 * Suspends a tenant and deletes everything of it, rows and files. It may be ended anywhere and be run again. Returns
 * false where there was nothing.
 */
export async function purgeTenant(connection: Connection, wanted: TenantPurge): Promise<boolean> {
  const { tenant, folder, actor, progress } = wanted;
  const purge = await openPurge(connection, tenant);
  if (!(await purge.isNeeded())) return deleteFolder(folder, progress);

  if (await suspendTenant(connection, tenant, actor)) progress("suspended");
  const { suspendedAtMs, nowMs } = await describeTenant(connection, tenant);
  const waitMs = Math.min(settleMs, suspendedAtMs! + settleMs - nowMs);
  if (waitMs > 0) {
    progress(`waiting ${Math.ceil(waitMs / 1000)} s for calls that began before`);
    await sleep(waitMs);
  }
  const deleted = new Map<string, number>();
  await purge.deleteRows((table, count) => {
    deleted.set(table, (deleted.get(table) ?? 0) + count);
    progress(`${table}: ${deleted.get(table)} rows deleted`);
  });
  await deleteFolder(folder, progress);
  await purge.finish(actor);
  return true;
}

async function deleteFolder(folder: string, progress: TenantPurge["progress"]): Promise<boolean> {
  const { was, led } = await deleteTenantFolder(folder);
  if (led !== undefined) progress(`the folder of files was a symbolic link: delete what it led to, ${led}, yourself`);
  else progress(was ? "the folder of files was deleted" : "there is no folder of files of it in FILES_DIR");
  return was;
}
