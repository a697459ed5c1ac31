import { randomUUID } from "node:crypto";
import { definitionDigest } from "../src/definition/canonical.ts";
import { savedAnswer } from "../src/rpc/saved-answer.ts";
import type { Call } from "../src/store/call.ts";
import type { DefinitionSave } from "../src/store/definitions.ts";
import type { SaveOnce } from "../src/store/save-once.ts";

/** A save as the service hands it to the store: numbered by its caller, with the digest of what is saved. */
export type PreparedSave = { readonly call: Call; readonly save: DefinitionSave };

/** Prepares a save of a definition's canonical JSON, which no other save is a repetition of. */
export function prepareSave(tenant: string, dashboardId: string, json: string): PreparedSave {
  const [digest, key, author] = [definitionDigest(json), randomUUID(), "bench"];
  const actor = { subject: author, subjectTenant: tenant, requestId: key };
  return {
    call: { tenant, method: "SaveDefinition", actor, key, fingerprint: digest },
    save: { dashboardId, json, digest, title: "Bench", author, note: "", expectedVersion: undefined },
  };
}

/** Saves it: the version, the dashboard's row, the entry in the audit log and the answer, together or not at all. */
export function savePrepared(saveOnce: SaveOnce, { call, save }: PreparedSave): Promise<Uint8Array> {
  return saveOnce(call, save, savedAnswer(save.dashboardId));
}
