/** What is measured: a run, and how many of them make up one turn, so that a turn takes long enough to be told. */
export type Side = { readonly run: () => void; readonly runsATurn: number };

/** What a run took, in milliseconds: of the clock, and of CPU with the engine's own threads. */
export type Cost = { readonly wallMs: number; readonly cpuMs: number };

/** Lets a side have a turn; returns the mean of its runs. */
export function takeTurn({ run, runsATurn }: Side): Cost {
  const startMs = performance.now();
  const before = process.cpuUsage();
  for (let count = 0; count < runsATurn; count += 1) run();
  const { user, system } = process.cpuUsage(before);
  return { wallMs: (performance.now() - startMs) / runsATurn, cpuMs: (user + system) / 1000 / runsATurn };
}

/** Returns a run that takes the values one after another, and begins anew after the last. */
export function inTurn<V>(values: readonly V[], run: (value: V) => void): () => void {
  let turn = 0;
  return () => {
    run(values[turn]!);
    turn = (turn + 1) % values.length;
  };
}
