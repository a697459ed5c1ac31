import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import type { HandlerContext } from "@connectrpc/connect";
import {
  type SaveDefinitionRequest,
  SaveDefinitionRequestSchema,
  type SaveDefinitionResponse,
  SaveDefinitionResponseSchema,
} from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import type { DefinitionSave } from "../store/definitions.ts";
import type { Store } from "../store/store.ts";
import { storeCall } from "./idempotency.ts";

/** Saves the next version of a dashboard, and answers, as `answerOnce` would. */
export async function answerSave(
  store: Pick<Store, "saveOnce">,
  context: HandlerContext,
  request: SaveDefinitionRequest,
  save: DefinitionSave,
): Promise<SaveDefinitionResponse> {
  const call = storeCall(context, SaveDefinitionRequestSchema, request);
  const bytes = await store.saveOnce(call, save, savedAnswer(save.dashboardId));
  return fromBinary(SaveDefinitionResponseSchema, bytes);
}

/**
 * Returns the answer to a save of a dashboard's version, in binary and up to the version, which the database knows
 * first: it ends with the tag of that field.
 */
export function savedAnswer(dashboardId: string): Uint8Array {
  const known = create(SaveDefinitionResponseSchema, { dashboardId, status: "active" });
  return new BinaryWriter()
    .raw(toBinary(SaveDefinitionResponseSchema, known))
    .tag(SaveDefinitionResponseSchema.field.version.number, WireType.Varint)
    .finish();
}
