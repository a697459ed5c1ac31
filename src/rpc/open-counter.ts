import type { Log } from "../log/log.ts";
import type { Store } from "../store/store.ts";

/** Counts how often links are opened. */
export type OpenCounter = {
  /** Notes that a link was opened just now. */
  count(tenant: string, shareId: string): void;
  /** Writes what was counted, and counts no more. */
  close(): Promise<void>;
};

type Opens = { readonly tenant: string; readonly shareId: string; opens: number; lastOpenedAtMs: number };

/** How often counts are written: a popular link costs one row a second, not one an opening. */
const writeMs = 1_000;

/** How many links are remembered while the store is down; what comes on top is not counted. */
const maxLinks = 10_000;

/** Creates the counter. What could not be written is kept for the next time. */
export function createOpenCounter(options: {
  readonly store: Pick<Store, "countOpens">;
  readonly now: () => number;
  /** Told of each link that is opened; nobody unless told. */
  readonly onOpened?: (() => void) | undefined;
  readonly log: Log;
}): OpenCounter {
  const { store, now, onOpened, log } = options;
  const counted = new Map<string, Opens>();
  let writing = Promise.resolve();

  const add = ({ tenant, shareId, opens, lastOpenedAtMs }: Opens) => {
    const key = JSON.stringify([tenant, shareId]);
    const known = counted.get(key);
    if (known !== undefined) {
      known.opens += opens;
      known.lastOpenedAtMs = Math.max(known.lastOpenedAtMs, lastOpenedAtMs);
    } else if (counted.size < maxLinks) {
      counted.set(key, { tenant, shareId, opens, lastOpenedAtMs });
    }
  };

  const write = async () => {
    const batch = [...counted.values()];
    if (batch.length === 0) return;
    counted.clear();
    try {
      await store.countOpens(batch);
    } catch (error) {
      log.warn({ error }, "openings of links could not be written yet");
      for (const opens of batch) add(opens);
    }
  };

  const writeInTurn = () => {
    writing = writing.then(write);
    return writing;
  };
  const timer = setInterval(writeInTurn, writeMs);
  timer.unref();

  return {
    count(tenant, shareId) {
      onOpened?.();
      add({ tenant, shareId, opens: 1, lastOpenedAtMs: now() });
    },
    close() {
      clearInterval(timer);
      return writeInTurn();
    },
  };
}
