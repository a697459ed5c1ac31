import { fork } from "node:child_process";
import { once } from "node:events";
import { createSide, type SideName } from "./dashboards.ts";
import { takeTurn } from "./measure.ts";

/** A side in a process of its own. */
export type OwnProcess = {
  /** Lets it have a turn; returns the CPU time of a run in milliseconds. */
  readonly takeTurn: () => Promise<number>;
  readonly end: () => void;
};

/** Starts a process for a side. */
export function startProcess(name: SideName): OwnProcess {
  const child = fork(import.meta.filename, [name]);
  return {
    takeTurn: async () => {
      child.send("turn");
      const [cost] = await once(child, "message");
      return cost as number;
    },
    end: () => child.disconnect(),
  };
}

// Started as a process, it is that side, and ends when its parent lets go of it.
if (import.meta.main) {
  const side = createSide(process.argv[2] as SideName);
  process.on("message", () => process.send?.(takeTurn(side)));
}
