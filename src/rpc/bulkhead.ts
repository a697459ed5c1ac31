import { fault } from "../errors/fault.ts";

/** Bounds how much runs at once, so that one tenant's slow work does not stand in another's way. */
export type Bulkhead = {
  /** Runs the work when there is room for it. Throws OVERLOADED when there is none in time. */
  run<T>(tenant: string, work: () => Promise<T>): Promise<T>;
};

/** How much. */
export type BulkheadOptions = {
  readonly perTenant: number;
  readonly total: number;
  /** How long work waits for room before it is refused: longer than that, its caller has given up. */
  readonly waitMs: number;
  /** How many may wait in all; the next is refused at once. */
  readonly maxWaiting: number;
};

type Waiter = { readonly tenant: string; readonly start: () => void };

/** Creates a bulkhead. Waiting work starts in order, passing over tenants that have their share. */
export function createBulkhead(options: BulkheadOptions): Bulkhead {
  const running = new Map<string, number>();
  const waiting = new Set<Waiter>();
  let total = 0;

  const hasRoom = (tenant: string) => total < options.total && (running.get(tenant) ?? 0) < options.perTenant;

  const enter = (tenant: string) => {
    total += 1;
    running.set(tenant, (running.get(tenant) ?? 0) + 1);
  };

  const leave = (tenant: string) => {
    total -= 1;
    const left = running.get(tenant)! - 1;
    if (left === 0) running.delete(tenant);
    else running.set(tenant, left);
    for (const waiter of waiting) {
      if (total >= options.total) break;
      if (hasRoom(waiter.tenant)) waiter.start();
    }
  };

  const room = (tenant: string) =>
    new Promise<void>((resolve, reject) => {
      const busy = () => fault("OVERLOADED", "too much is being rendered just now: try again", { retryAfterMs: 1000 });
      if (waiting.size >= options.maxWaiting) return reject(busy());
      const timer = setTimeout(() => {
        waiting.delete(waiter);
        reject(busy());
      }, options.waitMs);
      const waiter = {
        tenant,
        start: () => {
          clearTimeout(timer);
          waiting.delete(waiter);
          enter(tenant);
          resolve();
        },
      };
      waiting.add(waiter);
    });

  return {
    async run(tenant, work) {
      if (hasRoom(tenant)) enter(tenant);
      else await room(tenant);
      try {
        return await work();
      } finally {
        leave(tenant);
      }
    },
  };
}
