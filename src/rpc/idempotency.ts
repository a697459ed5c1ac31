import { createHash } from "node:crypto";
import {
  create,
  type DescMessage,
  fromBinary,
  type JsonValue,
  type MessageInitShape,
  type MessageShape,
  toBinary,
  toJson,
} from "@bufbuild/protobuf";
import type { HandlerContext } from "@connectrpc/connect";
import canonicalize from "canonicalize";
import type { TenantTransaction } from "../store/once.ts";
import type { Store } from "../store/store.ts";
import { callerOf, idempotencyKeyOf } from "./call.ts";

/** What a mutating call does in its transaction, and what it answers. */
export type Effect<Answer extends DescMessage> = (tx: TenantTransaction) => Promise<MessageInitShape<Answer>>;

/**
 * Runs a mutating call once per idempotency key: its effect and its answer are kept together, and a
 * repetition is answered by what was kept. Throws REQUEST_ID_REUSED when the key stood for another
 * request, and whatever the effect throws, of which nothing is kept.
 */
export async function answerOnce<Request extends DescMessage, Answer extends DescMessage>(
  store: Pick<Store, "once">,
  context: HandlerContext,
  requestSchema: Request,
  request: MessageShape<Request>,
  answerSchema: Answer,
  effect: Effect<Answer>,
): Promise<MessageShape<Answer>> {
  const call = {
    tenant: callerOf(context.values).tenant,
    method: context.method.name,
    key: idempotencyKeyOf(context.values),
    fingerprint: fingerprintOf(requestSchema, request),
  };
  const bytes = await store.once(call, async (tx) => toBinary(answerSchema, create(answerSchema, await effect(tx))));
  return fromBinary(answerSchema, bytes);
}

/**
 * Returns the fingerprint that tells whether two calls with one key ask for the same: SHA-256, in
 * hexadecimal, of the message's canonical JSON (RFC 8785), so that the protocol, the order of keys
 * and white space do not matter.
 */
function fingerprintOf<Desc extends DescMessage>(schema: Desc, message: MessageShape<Desc>): string {
  const json = canonicalize(toJson(schema, message) as JsonValue);
  return createHash("sha256").update(json!).digest("hex");
}
