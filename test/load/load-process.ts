import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { type ClosedLoad, type OpenLoad, offerClosedLoad, offerOpenLoad } from "./open-loop.ts";
import type { LoadFigures } from "./tally.ts";

/** A client in a process of its own, which has its event loop to itself. One load at a time. */
export type LoadProcess = {
  readonly pid: number;
  /** As `offerOpenLoad`. */
  open(load: OpenLoad): Promise<LoadFigures>;
  /** As `offerClosedLoad`. */
  closed(load: ClosedLoad): Promise<LoadFigures>;
  end(): void;
};

type Order = { readonly open?: OpenLoad; readonly closed?: ClosedLoad };
type Outcome = { readonly figures?: LoadFigures; readonly problem?: string };

/** Starts the process. It ends with ours. */
export function startLoadProcess(): LoadProcess {
  const child = fork(import.meta.filename);
  return {
    pid: child.pid!,
    open: (load) => order(child, { open: load }),
    closed: (load) => order(child, { closed: load }),
    end: () => child.disconnect(),
  };
}

async function order(child: ChildProcess, what: Order): Promise<LoadFigures> {
  const exited = new AbortController();
  const ended = () => exited.abort(new Error("the client's process ended"));
  child.once("exit", ended);
  try {
    const answer = once(child, "message", { signal: exited.signal });
    child.send(what);
    const [{ figures, problem }] = (await answer) as [Outcome];
    if (figures === undefined) throw new Error(problem);
    return figures;
  } finally {
    child.off("exit", ended);
  }
}

// Started as a process, it does what it is told, and ends when its parent lets go of it.
if (import.meta.main) {
  process.on("message", ({ open, closed }: Order) => {
    const offered = open === undefined ? offerClosedLoad(closed!) : offerOpenLoad(open);
    offered.then(
      (figures) => process.send!({ figures } satisfies Outcome),
      (error: Error) => process.send!({ problem: error.message } satisfies Outcome),
    );
  });
}
