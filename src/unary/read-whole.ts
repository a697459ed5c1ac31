import { bodyTooLarge } from "../errors/body-too-large.ts";
import { fault } from "../errors/fault.ts";
import type { CallRequest } from "./unary-call.ts";

/** How much is read. */
export type WholeLimits = {
  /** Of the message. */
  readonly maxBytes: number;
  /** What the protocol puts around it; nothing unless told. */
  readonly aroundBytes?: number;
  /** What a larger one is refused with; BODY_TOO_LARGE with the limit unless told. */
  readonly tooLarge?: () => Error;
};

/** Reads a body whole, at once where it has arrived. Throws BODY_TOO_LARGE, and CANCELED when the caller goes away. */
export function readWhole(
  request: Pick<CallRequest, "readBody">,
  { maxBytes, aroundBytes = 0, tooLarge = () => bodyTooLarge(maxBytes) }: WholeLimits,
): Uint8Array | Promise<Uint8Array> {
  const toWhole = (body: Uint8Array | undefined) => {
    if (body === undefined) throw tooLarge();
    return body;
  };
  const body = request.readBody(maxBytes + aroundBytes);
  if (!(body instanceof Promise)) return toWhole(body);
  return body.then(toWhole, (cause) => {
    throw fault("CANCELED", "the caller went away", { cause });
  });
}
