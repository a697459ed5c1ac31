/** CPU time of runs of each side, in milliseconds a run. */
export type Costs<Name extends string> = Readonly<Record<Name, { readonly median: number; readonly least: number }>>;

/** What is measured: a run, and how many of them make up one turn, so that a turn takes long enough to be told. */
export type Side = { readonly run: () => void; readonly runsATurn: number };

/**
 * Measures the CPU time of each side, turn by turn in one process, so that whatever slows the machine
 * slows all of them alike. The first turns warm the engine up and do not count.
 */
export function measure<Name extends string>(
  sides: Readonly<Record<Name, Side>>,
  { turns, warmUpTurns }: { readonly turns: number; readonly warmUpTurns: number },
): Costs<Name> {
  const names = Object.keys(sides) as Name[];
  const costs = new Map<Name, number[]>(names.map((name) => [name, []]));
  for (let turn = 0; turn < warmUpTurns + turns; turn += 1) {
    for (const name of names) {
      const { run, runsATurn } = sides[name];
      const before = process.cpuUsage();
      for (let count = 0; count < runsATurn; count += 1) run();
      const { user, system } = process.cpuUsage(before);
      if (turn >= warmUpTurns) costs.get(name)!.push((user + system) / 1000 / runsATurn);
    }
  }
  return Object.fromEntries(
    names.map((name) => {
      const sorted = costs.get(name)!.sort((a, b) => a - b);
      return [name, { median: sorted[Math.floor(sorted.length / 2)]!, least: sorted[0]! }];
    }),
  ) as Costs<Name>;
}
