import { type DescMessage, isMessage, type Message, toJsonString } from "@bufbuild/protobuf";
import { type HttpBody, HttpBodySchema } from "../../gen/google/api/httpbody_pb.js";
import { toErrorAnswer } from "../errors/answer.ts";
import type { KeptBytes } from "../unary/unary-call.ts";

/** What a REST call answers, whole. */
export type Reply = {
  readonly status: number;
  readonly body: Uint8Array | KeptBytes;
  /** What the body is; JSON when absent. */
  readonly contentType?: string;
};

/** Writes what a method gives. */
export type Write = (message: Message) => Reply;

/**
 * Creates the writing of a google.api.http rule: the message as JSON, or where `response_body` names a field of type
 * google.api.HttpBody, its bytes as they are, under their own type (google/api/httpbody.proto). Throws an Error for any
 * other field.
 */
export function createWrite(schema: DescMessage, responseBody: string): Write {
  if (responseBody === "") return (message) => messageToReply(schema, message);
  const field = schema.fields.find(({ name }) => name === responseBody);
  if (field?.fieldKind !== "message" || field.message.typeName !== HttpBodySchema.typeName) {
    throw new Error(`response_body: ${schema.typeName} has no google.api.HttpBody ${responseBody}`);
  }
  return (message) => {
    const file = (message as unknown as Readonly<Record<string, HttpBody | undefined>>)[field.localName];
    if (!isMessage(file, HttpBodySchema)) return { status: 200, body: new Uint8Array(), contentType: anyType };
    return { status: 200, body: file.data, contentType: file.contentType || anyType };
  };
}

/** Of bytes that say nothing of what they are (RFC 2046, 4.5.1). */
const anyType = "application/octet-stream";

/** Writes a message as JSON with proto names. Fields without presence are there even when they are zero or empty. */
function messageToReply(schema: DescMessage, message: Message): Reply {
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
