import { migrateOwn, noDatabase } from "../command/migrate-own.ts";
import { CliError, usageError } from "./cli-error.ts";
import { type ExitCode, exitCodes } from "./exit-code.ts";
import type { Tools } from "./tools.ts";

/** Brings the environment's database up to date. */
export async function migrate({ terminal, env }: Tools): Promise<ExitCode> {
  try {
    if (!(await migrateOwn(env, terminal.say))) throw usageError(noDatabase);
  } catch (cause) {
    if (cause instanceof CliError) throw cause;
    const message = cause instanceof Error ? cause.message : "the database could not be brought up to date";
    throw new CliError(exitCodes.unreachable, message, { cause });
  }
  terminal.result({ migrated: true }, "the database is up to date");
  return exitCodes.done;
}
