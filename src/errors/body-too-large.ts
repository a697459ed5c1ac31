import type { ConnectError } from "@connectrpc/connect";
import { fault } from "./fault.ts";

/** Returns the fault of a body that has, or will have, more bytes than its method takes. */
export function bodyTooLarge(maxBytes: number): ConnectError {
  return fault("BODY_TOO_LARGE", `the body may have at most ${maxBytes} bytes`);
}
