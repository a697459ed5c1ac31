import { serveParent, startChild } from "./child.ts";
import { type Cost, type Side, takeTurn } from "./side.ts";

/** What a module exports as `sides` to be measured in a process of its own, by name; each is made when first asked for. */
export type Sides = Readonly<Record<string, () => Side>>;

/** A process in which nothing runs but sides of one module. */
export type OwnProcess = {
  /** Lets a side have a turn; returns what a run of it took. */
  takeTurn(name: string): Promise<Cost>;
  end(): Promise<void>;
};

/**
 * Starts a process for the sides of a module, by its URL. Sides of which each has its own pay neither for what the
 * other leaves to be collected, nor for what the engine learnt of it.
 */
export async function startProcess(module: string): Promise<OwnProcess> {
  const { ask, end } = await startChild(import.meta.filename, module);
  return { takeTurn: (name) => ask<Cost>(name), end };
}

if (import.meta.main) {
  serveParent<string>(async (module) => {
    const { sides } = (await import(module)) as { readonly sides: Sides };
    const made = new Map<unknown, Side>();
    return {
      ready: true,
      answer(name) {
        const side = made.get(name) ?? sides[`${name}`]!();
        made.set(name, side);
        return takeTurn(side);
      },
      close() {},
    };
  });
}
