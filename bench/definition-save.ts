import { randomUUID } from "node:crypto";
import { create, toBinary } from "@bufbuild/protobuf";
import { SaveDefinitionResponseSchema } from "../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import { definitionDigest } from "../src/definition/canonical.ts";
import type { DefinitionSave } from "../src/store/definitions.ts";
import type { Call, Once } from "../src/store/once.ts";

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
export function saveOnce(once: Once, { call, save }: PreparedSave): Promise<Uint8Array> {
  return once(call, async (tx) => {
    const answer = { dashboardId: save.dashboardId, status: "active", ...(await tx.saveDefinition(save)) };
    return toBinary(SaveDefinitionResponseSchema, create(SaveDefinitionResponseSchema, answer));
  });
}
