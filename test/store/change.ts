import type { Actor } from "../../src/store/audit.ts";
import type { DefinitionSave } from "../../src/store/definitions.ts";
import type { DraftSave } from "../../src/store/drafts.ts";
import type { Store } from "../../src/store/store.ts";
import type { TenantTransaction } from "../../src/store/tenant-transaction.ts";

/** Who makes the calls of tests. */
export const actor: Actor = { subject: "ann", subjectTenant: "acme", requestId: "r" };

/** Runs the effect in a transaction of its own, as a call without a request id does. */
export async function change<T>(
  store: Store,
  tenant: string,
  effect: (tx: TenantTransaction) => Promise<T>,
): Promise<T> {
  let result: T | undefined;
  await store.once({ tenant, method: "Save", actor, key: undefined, fingerprint: "" }, async (tx) => {
    result = await effect(tx);
    return new Uint8Array();
  });
  return result!;
}

/** What a save takes, with a digest that differs as the content does. */
export function definition(dashboardId: string, content: string, more: Partial<DefinitionSave> = {}): DefinitionSave {
  const json = content;
  const digest = `digest of ${content}`;
  return { dashboardId, json, digest, title: "Title", author: "ann", note: "why", expectedVersion: undefined, ...more };
}

/** What a save of a draft takes, likewise. */
export function draft(dashboardId: string, content: string, more: Partial<DraftSave> = {}): DraftSave {
  return { ...definition(dashboardId, content), expectedRevision: undefined, ...more };
}
