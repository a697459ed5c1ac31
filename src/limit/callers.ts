/** Who waits for work that several callers share. */
export type Callers = {
  /**
   * Counts one who waits for the key's work, until the signal aborts or what is returned is disposed of. A caller
   * without a signal cannot leave.
   */
  join(key: string, signal?: AbortSignal): Caller;
};

/** One who waits. */
type Caller = Disposable & {
  /** Aborts when everybody who waited has left before the work was done: whatever has not begun need not. */
  readonly abandoned: AbortSignal;
};

type Group = { waiting: number; readonly controller: AbortController };

/** Creates the count of callers. `reason` is what the work fails with that nobody waits for. */
export function createCallers(reason: () => Error): Callers {
  const groups = new Map<string, Group>();

  return {
    join(key, signal) {
      const group = groups.get(key) ?? { waiting: 0, controller: new AbortController() };
      groups.set(key, group);
      group.waiting += 1;
      let isWaiting = true;
      const stop = (hasLeft: boolean) => {
        if (!isWaiting) return;
        isWaiting = false;
        signal?.removeEventListener("abort", leave);
        group.waiting -= 1;
        if (group.waiting > 0) return;
        groups.delete(key);
        if (hasLeft) group.controller.abort(reason());
      };
      const leave = () => stop(true);
      if (signal?.aborted) leave();
      else signal?.addEventListener("abort", leave);
      return { abandoned: group.controller.signal, [Symbol.dispose]: () => stop(false) };
    },
  };
}
