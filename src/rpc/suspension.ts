import type { Interceptor } from "@connectrpc/connect";
import type { News } from "../cache/news.ts";
import { tenantSuspended } from "../store/database-fault.ts";
import type { Store } from "../store/store.ts";
import { callerOf } from "./call.ts";
import { createLastAnswers } from "./last-answers.ts";

/** Says whether an operator has suspended a tenant. */
export type SuspensionCheck = (tenant: string) => Promise<boolean>;

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
  return async (tenant) => (await answers.get(tenant, "")) === true;
}

/** Throws TENANT_SUSPENDED for a tenant that is suspended. */
export async function refuseSuspended(isSuspended: SuspensionCheck, tenant: string): Promise<void> {
  if (await isSuspended(tenant)) throw tenantSuspended();
}

/** A body that is sent with the head is there within it. */
const promptMs = 100;

/**
 * Refuses a call whose tenant was suspended while its body came, which takes what its caller likes, up to the
 * listener's bound. One whose body came promptly is not asked about again, because each question may have to wait for the store.
 */
export function suspensionInterceptor(isSuspended: SuspensionCheck, elapsedMs: () => number): Interceptor {
  return (next) => async (request) => {
    const { tenant, admittedAtMs } = callerOf(request.contextValues);
    if (elapsedMs() - admittedAtMs >= promptMs) await refuseSuspended(isSuspended, tenant);
    return next(request);
  };
}
