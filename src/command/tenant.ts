/**
 * What an operator does to tenants: `npm run -s tenant -- --help` says what. It enters the database as its owner; the
 * service may run meanwhile. What it tells of its progress goes to standard error, what was asked for to standard
 * output. Where it was not told what to do it exits with 2, where something goes wrong with 1, and says why.
 */
import { ConnectError } from "@connectrpc/connect";
import { runTenantCommand } from "./tenant-command.ts";
import { UsageError } from "./tenant-usage.ts";

try {
  await runTenantCommand(process.argv.slice(2), { env: process.env, say: console.log, progress: console.error });
} catch (error) {
  console.error(describe(error));
  process.exitCode = error instanceof UsageError ? 2 : 1;
}

function describe(error: unknown): string {
  if (error instanceof UsageError) return `${error.message}\nsee npm run -s tenant -- --help`;
  if (!(error instanceof ConnectError)) return (error as Error).message;
  // Its code, such as 53100 for a full disk; its message may quote what is stored.
  const code = error.cause instanceof Error && "code" in error.cause ? ` (${error.cause.code})` : "";
  return `${error.rawMessage}${code}`;
}
