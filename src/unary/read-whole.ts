import { bodyTooLarge } from "../errors/body-too-large.ts";
import { fault } from "../errors/fault.ts";
import type { CallRequest } from "./unary-call.ts";

/**
 * Reads a body whole, at once where it has arrived, of a message of up to `maxBytes` and what its protocol puts around it. Throws BODY_TOO_LARGE, and
 * CANCELED when the caller goes away.
 */
export function readWhole(
  request: Pick<CallRequest, "readBody">,
  maxBytes: number,
  aroundBytes = 0,
): Uint8Array | Promise<Uint8Array> {
  const toWhole = (body: Uint8Array | undefined) => {
    if (body === undefined) throw bodyTooLarge(maxBytes);
    return body;
  };
  const body = request.readBody(maxBytes + aroundBytes);
  if (!(body instanceof Promise)) return toWhole(body);
  return body.then(toWhole, (cause) => {
    throw fault("CANCELED", "the caller went away", { cause });
  });
}
