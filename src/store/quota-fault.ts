import type { ConnectError } from "@connectrpc/connect";
import { fault } from "../errors/fault.ts";
import { formatBytes } from "./format-bytes.ts";

/** What the database's own code says that there would be too much of, and what to do. */
const messages = new Map<string, (quota: number) => string>([
  [
    "DQ001",
    (quota) =>
      `this tenant may have ${quota} dashboards, drafts and archived ones included: save under the id of one that is not needed any more, or ask whoever runs the platform for more`,
  ],
  [
    "DQ002",
    (quota) =>
      `this tenant may keep ${formatBytes(quota)} of definitions, all versions, drafts and links' snapshots included: revoke links with a snapshot that nobody needs any more, or ask whoever runs the platform for more`,
  ],
]);

/** Says whether a SQLSTATE is that of a quota. */
export function isQuota(code: string): boolean {
  return messages.has(code);
}

/** Makes the fault for a change that would exceed a quota. Its number is all that is taken from the error. */
export function quotaExceeded(code: string, cause: unknown): ConnectError {
  const { detail } = cause as { detail?: string };
  return fault("QUOTA_EXCEEDED", messages.get(code)!(Number(detail)), { cause });
}
