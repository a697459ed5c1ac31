import { LRUCache } from "lru-cache";
import { reasonOf, toFault } from "../errors/answer.ts";
import type { Store } from "../store/store.ts";
import { inTime } from "./in-time.ts";

/** Says whether an operator has suspended a tenant. */
export type SuspensionCheck = (tenant: string) => Promise<boolean>;

/** How long a suspension may go unseen. */
const freshMs = 1_000;

/** How long an answer serves while the store is down, as long as what may be rendered without it. */
const staleMs = 600_000;

/**
 * Creates the check, which asks the store about a tenant once a second at most. While the store is
 * down its last answer holds, without a long wait; a tenant that was never asked about is refused with
 * the store's fault.
 */
export function createSuspensionCheck(store: Pick<Store, "isSuspended">, now: () => number): SuspensionCheck {
  const known = new LRUCache<string, { suspended: boolean; atMs: number }>({ max: 100_000 });
  const asking = new Map<string, Promise<boolean>>();

  const ask = (tenant: string) => {
    const under = asking.get(tenant);
    if (under !== undefined) return under;
    const asked = store
      .isSuspended(tenant)
      .then((suspended) => {
        known.set(tenant, { suspended, atMs: now() });
        return suspended;
      })
      .finally(() => asking.delete(tenant));
    asking.set(tenant, asked);
    return asked;
  };

  return async (tenant) => {
    const last = known.get(tenant);
    const ageMs = last === undefined ? Number.POSITIVE_INFINITY : now() - last.atMs;
    if (ageMs < freshMs) return last!.suspended;
    if (ageMs >= staleMs) return ask(tenant);
    try {
      return await inTime(ask(tenant), last!.suspended);
    } catch (error) {
      if (reasonOf(toFault(error)) === "DEPENDENCY_DOWN") return last!.suspended;
      throw error;
    }
  };
}
