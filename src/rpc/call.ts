import { type ContextValues, createContextKey } from "@connectrpc/connect";
import type { FilterValues } from "../definition/meet-filters.ts";
import { fault } from "../errors/fault.ts";

/** What the listener knows of a request before anything is read. */
export type CallInfo = {
  readonly requestId: string;
  /** Whether the caller sent the id; one that we made is no idempotency key. */
  readonly requestIdGiven: boolean;
  /** Whether the id that was sent cannot be used; the call is refused in its own protocol. */
  readonly requestIdProblem: boolean;
  readonly remoteAddress: string;
};

/** Who calls, once the gate let the call through. */
export type Caller = {
  /** The tenant acted for: the token's, or the one that an internal service names. */
  readonly tenant: string;
  /** The tenant that the token is of; undefined for an operator, who has none. */
  readonly tokenTenant: string | undefined;
  readonly subject: string;
  /** Values of filters that the caller is held to, by name. */
  readonly held: FilterValues;
  /** When the gate let the call through, before its body was read, by the measure that never goes back. */
  readonly admittedAtMs: number;
};

/** Set by the listener on every call. */
export const callInfoKey = createContextKey<CallInfo | undefined>(undefined, {
  description: "what the listener knows of the request",
});

/** Set by the gate. */
export const callerKey = createContextKey<Caller | undefined>(undefined, { description: "who calls" });

/** Returns the caller. Throws an internal fault where no gate ran: a method must not run unguarded. */
export function callerOf(values: ContextValues): Caller {
  const caller = values.get(callerKey);
  if (caller === undefined) throw fault("INTERNAL", "something went wrong on our side");
  return caller;
}

/** Returns the caller's idempotency key, or undefined when the call has none. */
export function idempotencyKeyOf(values: ContextValues): string | undefined {
  const info = values.get(callInfoKey);
  return info?.requestIdGiven === true ? info.requestId : undefined;
}
