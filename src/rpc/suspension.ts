import type { Interceptor } from "@connectrpc/connect";
import type { News } from "../cache/news.ts";
import { tenantSuspended } from "../store/database-fault.ts";
import type { Store } from "../store/store.ts";
import { type Caller, callerOf } from "./call.ts";
import { createLastAnswers } from "./last-answers.ts";

/** Says whether an operator has suspended a tenant, at once where that was asked a moment ago. */
export type SuspensionCheck = (tenant: string) => boolean | Promise<boolean>;

/**
 * Creates the check, which asks the store about a tenant once a second at most, and when there is news of it. While the
 * store is down its last answer holds for ten minutes, as long as what may be rendered without it; a tenant that
 * was never asked about is refused with the store's fault. What changes something is judged by the store itself.
 */
export function createSuspensionCheck({
  store,
  news,
  elapsedMs,
}: {
  readonly store: Pick<Store, "isSuspended" | "areSuspended">;
  readonly news: News;
  readonly elapsedMs: () => number;
}): SuspensionCheck {
  const answers = createLastAnswers({
    ask: (tenant) => store.isSuspended(tenant),
    askAll: (tenants) => store.areSuspended(tenants.map(({ tenant }) => tenant)),
    freshMs: 1_000,
    staleMs: 600_000,
    max: 100_000,
    elapsedMs,
  });
  news.hear("tenant", answers.forget);
  return (tenant) =>
    answers.atHand(tenant, "")?.value ?? answers.get(tenant, "").then((isSuspended) => isSuspended === true);
}

/** Throws TENANT_SUSPENDED for a tenant that is suspended. */
export function refuseSuspended(isSuspended: SuspensionCheck, tenant: string): void | Promise<void> {
  const refuse = (isIt: boolean) => {
    if (isIt) throw tenantSuspended();
  };
  const known = isSuspended(tenant);
  return known instanceof Promise ? known.then(refuse) : refuse(known);
}

/** A body that is sent with the head is there within it. */
const promptMs = 100;

/** Whether a call's body came promptly after the gate let it through. */
export function isPrompt({ admittedAtMs }: Caller, elapsedMs: () => number): boolean {
  return elapsedMs() - admittedAtMs < promptMs;
}

/**
 * Refuses a call whose tenant was suspended while its body came, which takes what its caller likes, up to the
 * listener's bound. One whose body came promptly is not asked about again, because each question may have to wait for the store.
 */
export function suspensionInterceptor(isSuspended: SuspensionCheck, elapsedMs: () => number): Interceptor {
  return (next) => async (request) => {
    const caller = callerOf(request.contextValues);
    if (!isPrompt(caller, elapsedMs)) await refuseSuspended(isSuspended, caller.tenant);
    return next(request);
  };
}
