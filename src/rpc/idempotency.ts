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
import { fault } from "../errors/fault.ts";
import type { Call } from "../store/call.ts";
import type { Store } from "../store/store.ts";
import type { TenantTransaction } from "../store/tenant-transaction.ts";
import { callerOf, callInfoKey, idempotencyKeyOf } from "./call.ts";

/** What a mutating call does in its transaction, and what it answers. */
export type Effect<Answer extends DescMessage> = (tx: TenantTransaction) => Promise<MessageInitShape<Answer>>;

/** Marks by which an equal request is known again: what is kept of a request is its mark alone. */
export type RequestMarks = {
  mark(json: string): string;
  isMarkOf(mark: string, json: string): boolean;
};

/**
 * Runs a mutating call once per idempotency key: its effect and its answer are kept together, and a
 * repetition is answered by what was kept. Throws REQUEST_ID_REUSED when the key stood for another
 * request, and whatever the effect throws, of which nothing is kept. Requests are told apart by SHA-256, in
 * hexadecimal, of their canonical JSON (RFC 8785), so that the protocol, the order of keys and white space do
 * not matter; those that hold a secret need other marks, from which nobody can find it by trying.
 */
export async function answerOnce<Request extends DescMessage, Answer extends DescMessage>(
  store: Pick<Store, "once">,
  context: HandlerContext,
  requestSchema: Request,
  request: MessageShape<Request>,
  answerSchema: Answer,
  effect: Effect<Answer>,
  marks: RequestMarks = digests,
): Promise<MessageShape<Answer>> {
  const call = storeCall(context, requestSchema, request, marks);
  const bytes = await store.once(call, async (tx) => toBinary(answerSchema, create(answerSchema, await effect(tx))));
  return fromBinary(answerSchema, bytes);
}

/**
 * Returns what is kept of a call with the same key, so that nothing need be prepared for its repetition; undefined where
 * nothing is. Throws REQUEST_ID_REUSED as `answerOnce` does.
 */
export async function findAnswer<Request extends DescMessage, Answer extends DescMessage>(
  store: Pick<Store, "once">,
  context: HandlerContext,
  requestSchema: Request,
  request: MessageShape<Request>,
  answerSchema: Answer,
): Promise<MessageShape<Answer> | undefined> {
  const call = storeCall(context, requestSchema, request);
  if (call.key === undefined) return undefined;
  let isNew = false;
  try {
    const bytes = await store.once(call, async () => {
      // Of what throws nothing is kept.
      isNew = true;
      throw fault("INTERNAL", "something went wrong on our side");
    });
    return fromBinary(answerSchema, bytes);
  } catch (error) {
    if (isNew) return undefined;
    throw error;
  }
}

/** Returns a call as the store knows it again, by its key and by what is asked for. */
export function storeCall<Request extends DescMessage>(
  context: HandlerContext,
  requestSchema: Request,
  request: MessageShape<Request>,
  { mark, isMarkOf }: RequestMarks = digests,
): Call {
  const json = canonicalize(toJson(requestSchema, request) as JsonValue)!;
  const { tenant, tokenTenant, subject } = callerOf(context.values);
  return {
    tenant,
    method: context.method.name,
    actor: { subject, subjectTenant: tokenTenant, requestId: context.values.get(callInfoKey)?.requestId },
    key: idempotencyKeyOf(context.values),
    fingerprint: mark(json),
    isSame: (kept) => isMarkOf(kept, json),
  };
}

const digests: RequestMarks = {
  mark: digestOf,
  isMarkOf: (mark, json) => mark === digestOf(json),
};

function digestOf(json: string): string {
  return createHash("sha256").update(json).digest("hex");
}
