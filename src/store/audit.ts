import type { Connection } from "./connection.ts";

/** Who makes a call, for the audit log. */
export type Actor = {
  /** The subject of the caller's token. */
  readonly subject: string;
  /**
   * The tenant of that token, in which the subject is who it is: another one than is acted for where an internal
   * service does it. Undefined for an operator, who has no token.
   */
  readonly subjectTenant: string | undefined;
  /** The call's request id, whoever made it; undefined where there was no call. */
  readonly requestId: string | undefined;
};

/** What an operator does to a tenant. */
export type TenantAction = "suspend" | "resume" | "limits" | "export" | "purge";

/** What a call did, or an operator. */
export type AuditEntry = {
  readonly action:
    | "save"
    | "save_draft"
    | "publish"
    | "restore"
    | "archive"
    | "share"
    | "revoke"
    | "delete"
    | TenantAction;
  readonly kind: "definition" | "share" | "connection" | "tenant";
  /** The dashboard's id, the link's, the connection's name, or the tenant's. */
  readonly name: string;
  /** The version that there is now, a link's pinned one, or the revision of a draft or a connection. */
  readonly version: number | undefined;
  /** False where everything was already as the call wanted it, such as equal content. */
  readonly changed: boolean;
};

/** Writes an entry to the audit log, in the transaction of what it tells. */
export async function writeAudit(
  { sql }: Connection,
  tenant: string,
  { subject, subjectTenant, requestId }: Actor,
  { action, kind, name, version, changed }: AuditEntry,
): Promise<void> {
  await sql`select write_audit(${tenant}, ${subject}, ${subjectTenant ?? null}, ${action}, ${kind}, ${name},
    ${version ?? null}, ${changed}, ${requestId ?? null})`;
}
