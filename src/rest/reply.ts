import { type DescMessage, type Message, toJsonString } from "@bufbuild/protobuf";
import { toErrorAnswer } from "../errors/answer.ts";
import type { KeptBytes } from "../unary/unary-call.ts";

/** What a REST call answers, whole. */
export type Reply = { readonly status: number; readonly body: Uint8Array | KeptBytes };

/** Writes a message as JSON with proto names. Fields without presence are there even when they are zero or empty. */
export function messageToReply(schema: DescMessage, message: Message): Reply {
  const json = toJsonString(schema, message, { useProtoFieldName: true, alwaysEmitImplicit: true });
  return { status: 200, body: Buffer.from(json) };
}

/** Writes an error in the documented form, and sets the headers that go with it. */
export function errorToReply(error: unknown, header: Pick<Headers, "set">): Reply {
  const { status, body, retryAfterS } = toErrorAnswer(error);
  if (retryAfterS !== undefined) header.set("retry-after", `${retryAfterS}`);
  if (status === 401) header.set("www-authenticate", "Bearer");
  return { status, body: Buffer.from(JSON.stringify(body)) };
}
