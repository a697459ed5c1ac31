import type { Store } from "../store/store.ts";
import { createLastAnswers } from "./last-answers.ts";

/** Says whether an operator has suspended a tenant. */
export type SuspensionCheck = (tenant: string) => Promise<boolean>;

/**
 * Creates the check, which asks the store about a tenant once a second at most. While the store is
 * down its last answer holds for ten minutes, as long as what may be rendered without it; a tenant that
 * was never asked about is refused with the store's fault.
 */
export function createSuspensionCheck(store: Pick<Store, "isSuspended">, elapsedMs: () => number): SuspensionCheck {
  const answers = createLastAnswers({
    ask: (tenant) => store.isSuspended(tenant),
    freshMs: 1_000,
    staleMs: 600_000,
    max: 100_000,
    elapsedMs,
  });
  return async (tenant) => (await answers.get(tenant, "")) === true;
}
