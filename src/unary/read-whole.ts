import { bodyTooLarge } from "../errors/body-too-large.ts";
import { fault } from "../errors/fault.ts";
import type { CallRequest } from "./unary-call.ts";

/**
 * Reads a body whole, of a message of up to `maxBytes` and what its protocol puts around it. Throws BODY_TOO_LARGE, and
 * CANCELED when the caller goes away.
 */
export async function readWhole(
  request: Pick<CallRequest, "readBody">,
  maxBytes: number,
  aroundBytes = 0,
): Promise<Uint8Array> {
  const body = await request.readBody(maxBytes + aroundBytes).catch((cause) => {
    throw fault("CANCELED", "the caller went away", { cause });
  });
  if (body === undefined) throw bodyTooLarge(maxBytes);
  return body;
}
