import { userInfo } from "node:os";
import { join } from "node:path";
import { type Config, parseConfig } from "../config/config.ts";
import { createLog } from "../log/log.ts";
import { defaultDataDir } from "../main/paths.ts";
import { announce } from "../redis/announce.ts";
import type { Actor } from "../store/audit.ts";
import type { Connection } from "../store/connection.ts";
import { resumeTenant, setQuotas, suspendTenant } from "../store/tenants-change.ts";
import { connectAsOwner } from "../store/tenants-owner.ts";
import { describeTenant, listTenants } from "../store/tenants-usage.ts";
import { findOwnerUrl } from "./owner-database.ts";
import { parseTenantArguments, type TenantCommand } from "./tenant-arguments.ts";
import { exportTenant } from "./tenant-export.ts";
import { purgeTenant } from "./tenant-purge.ts";
import { usageHeadings, usageToJson, usageToLine, usageToWords } from "./tenant-report.ts";
import { UsageError, usage } from "./tenant-usage.ts";

/** Where a command runs. */
export type Surroundings = {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Told what was asked for, a line at a time. */
  readonly say: (line: string) => void;
  /** Told what is done meanwhile, a line at a time. */
  readonly progress: (line: string) => void;
};

/**
 * Does what the arguments say. Throws a UsageError where they say nothing that can be done, and an Error or a fault,
 * for whoever called, where it cannot be done.
 */
export async function runTenantCommand(args: readonly string[], surroundings: Surroundings): Promise<void> {
  const command = parseTenantArguments(args);
  if (command.name === "help") return surroundings.say(usage);
  const config = parseConfig(surroundings.env, defaultDataDir());
  await using opened = new AsyncDisposableStack();
  const connection = await connectAsOwner(await findOwnerUrl(config, config.dataDir, opened));
  opened.defer(connection.end);
  if (command.name === "list") await list(connection, command.json, surroundings.say);
  else await change(connection, command, config, surroundings);
}

async function list(connection: Connection, json: boolean, say: Surroundings["say"]): Promise<void> {
  if (!json) say(usageHeadings());
  for await (const page of listTenants(connection)) {
    for (const tenant of page) say(json ? usageToJson(tenant) : usageToLine(tenant));
  }
}

async function change(
  connection: Connection,
  command: Exclude<TenantCommand, { name: "help" | "list" }>,
  { filesDir, redisUrl }: Config,
  { say, progress: told }: Surroundings,
): Promise<void> {
  const { tenant } = command;
  const folder = join(filesDir, tenant);
  const actor = operator();
  const progress = (line: string) => told(`${tenant}: ${line}`);
  const tellReplicas = async () => {
    if (redisUrl !== undefined) await announce(redisUrl, { what: "tenant", tenant, id: "" }, createLog("warn"));
  };
  const before = await describeTenant(connection, tenant);
  // A name that nothing is known of may be a misspelt one; or it is suspended before it begins.
  if (!before.isKnown && command.name !== "purge") progress("nothing is kept of this tenant yet");

  switch (command.name) {
    case "limits": {
      if (command.quotas !== undefined) await setQuotas(connection, tenant, command.quotas, actor);
      const after = await describeTenant(connection, tenant);
      if (after.dashboards > after.quotas.dashboards || after.storedBytes > after.quotas.bytes) {
        progress("it has more than it may: it keeps that, and saves what adds nothing");
      }
      say(command.json ? usageToJson(after) : `${usageHeadings()}\n${usageToLine(after)}`);
      return;
    }
    case "suspend": {
      const changed = await suspendTenant(connection, tenant, actor);
      await tellReplicas();
      say(changed ? `${tenant} is suspended` : `${tenant} was suspended already`);
      return;
    }
    case "resume": {
      const changed = await resumeTenant(connection, tenant, actor);
      await tellReplicas();
      say(changed ? `${tenant} is no longer suspended` : `${tenant} was not suspended`);
      return;
    }
    case "export": {
      if (!before.isKnown) throw new Error("there is nothing to export: see list");
      const stop = new AbortController();
      for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());
      const { out } = command;
      const wanted = { tenant, folder, out, actor, progress, signal: stop.signal };
      const { rows, files } = await exportTenant(connection, wanted);
      for (const [table, count] of Object.entries(rows)) progress(`${table}: ${count} rows`);
      if (files === 0) progress("there are no files of it in FILES_DIR");
      say(`${tenant} was exported, with ${files} files`);
      return;
    }
    case "purge": {
      if (!command.isConfirmed) {
        throw new UsageError(
          `nothing was deleted. ${tenant} has ${usageToWords(before)}. Add --yes-delete-everything-of ${tenant}`,
        );
      }
      const was = await purgeTenant(connection, { tenant, folder, actor, progress });
      say(was ? `${tenant} is purged` : `nothing is kept of ${tenant}: nothing was deleted`);
      if (was) say("Next: restart every replica, which may have some of it in memory still.");
    }
  }
}

/** Whoever is logged in here, for the audit log. */
function operator(): Actor {
  let user = `${process.getuid?.()}`;
  try {
    user = userInfo().username;
  } catch {
    // The user has no name.
  }
  return { subject: `operator ${user}`, subjectTenant: undefined, requestId: undefined };
}
