import { fault } from "../errors/fault.ts";
import type { CallRequest } from "../unary/unary-call.ts";

/**
 * Reads a body whole. Throws BODY_TOO_LARGE as soon as it has, or by its headers will have, more than
 * `maxBytes`; UNSUPPORTED_CONTENT for a body that is encoded or is not JSON in UTF-8, before a byte of
 * it is read; CANCELED when the caller goes away.
 */
export async function readBody(
  request: Pick<CallRequest, "header" | "readBody">,
  takesJson: boolean,
  maxBytes: number,
): Promise<Uint8Array> {
  if (!/^identity$/i.test(request.header("content-encoding") ?? "identity")) {
    throw fault("UNSUPPORTED_CONTENT", "encoded bodies are not read: leave Content-Encoding out");
  }
  if (takesJson && !jsonType.test(request.header("content-type") ?? "")) {
    throw fault("UNSUPPORTED_CONTENT", "Content-Type must be application/json, in UTF-8");
  }
  if (Number(request.header("content-length") ?? 0) > maxBytes) throw tooLarge(maxBytes);
  const body = await request.readBody(maxBytes).catch((cause) => {
    throw fault("CANCELED", "the caller went away", { cause });
  });
  if (body === undefined) throw tooLarge(maxBytes);
  return body;
}

const jsonType = /^application\/json *(; *charset="?utf-8"?)? *$/i;

function tooLarge(maxBytes: number): Error {
  return fault("BODY_TOO_LARGE", `the body may have at most ${maxBytes} bytes`);
}
