import type { CrashPointName } from "./crash-points.ts";

/** Calls that are made to wait at a point. */
export type Hold = {
  readonly point: CrashPointName;
  /** Resolves when so many calls wait as were asked for. */
  readonly reached: Promise<void>;
  /** Takes a call in that comes by; false once there are enough, and it goes on. */
  enter(): boolean;
  /** Says that a call that was taken in waits, and how what waits can still be passed on. */
  arrive(pass: () => void): void;
  /** Passes on what waits. */
  pass(): void;
};

/** Creates a hold for so many calls. */
export function createHold(point: CrashPointName, calls: number): Hold {
  const reached = Promise.withResolvers<void>();
  const waiting: (() => void)[] = [];
  let entered = 0;
  return {
    point,
    reached: reached.promise,
    enter() {
      if (entered === calls) return false;
      entered += 1;
      return true;
    },
    arrive(pass) {
      waiting.push(pass);
      if (waiting.length === calls) reached.resolve();
    },
    pass() {
      for (const each of waiting) each();
    },
  };
}
