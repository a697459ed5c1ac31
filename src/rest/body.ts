import { bodyTooLarge } from "../errors/body-too-large.ts";
import { fault } from "../errors/fault.ts";
import { readWhole } from "../unary/read-whole.ts";
import type { CallRequest } from "../unary/unary-call.ts";

/**
 * Reads a body whole, at once where it has arrived. Throws BODY_TOO_LARGE as soon as it has, or by its headers will
 * have, more than `maxBytes`; UNSUPPORTED_CONTENT for a body that is encoded or is not JSON in UTF-8, before a
 * byte of it is read; CANCELED when the caller goes away.
 */
export function readBody(
  request: Pick<CallRequest, "header" | "readBody">,
  takesJson: boolean,
  maxBytes: number,
): Uint8Array | Promise<Uint8Array> {
  if (!/^identity$/i.test(request.header("content-encoding") ?? "identity")) {
    throw fault("UNSUPPORTED_CONTENT", "encoded bodies are not read: leave Content-Encoding out");
  }
  if (takesJson && !jsonType.test(request.header("content-type") ?? "")) {
    throw fault("UNSUPPORTED_CONTENT", "Content-Type must be application/json, in UTF-8");
  }
  if (Number(request.header("content-length") ?? 0) > maxBytes) throw bodyTooLarge(maxBytes);
  return readWhole(request, { maxBytes });
}

const jsonType = /^application\/json *(; *charset="?utf-8"?)? *$/i;
