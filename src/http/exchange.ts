import type { ClientAddress } from "./client-address.ts";
import type { HeaderLines, NodeRequest } from "./message.ts";
import { type RequestId, readRequestId } from "./request-id.ts";

/** What is known of a request before anything of it is read. */
export type Exchange = RequestId & {
  /** The caller's address; a forwarded one only where a trusted proxy says so. */
  readonly remoteAddress: string;
  readonly startedAtMs: number;
};

/** What opening an exchange needs. */
export type ExchangeOptions = {
  readonly clientAddress: ClientAddress;
  readonly generateId: () => string;
  /** Milliseconds of a clock that is never set back, as the time of day may be: durations are taken by it. */
  readonly now: () => number;
};

/** Opens an exchange. */
export function openExchange(request: NodeRequest, lines: HeaderLines, options: ExchangeOptions): Exchange {
  return {
    ...readRequestId(lines, options.generateId),
    remoteAddress: options.clientAddress(request.socket?.remoteAddress, lines.get("x-forwarded-for") ?? []),
    startedAtMs: options.now(),
  };
}
