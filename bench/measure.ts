/** What a run of each side took in each of its turns: CPU time in milliseconds. */
export type Costs<Name extends string> = Readonly<Record<Name, readonly number[]>>;

/** What is measured: a run, and how many of them make up one turn, so that a turn takes long enough to be told. */
export type Side = { readonly run: () => void; readonly runsATurn: number };

/** How often each side has its turn, and how many turns before those warm the engine up and do not count. */
export type Turns = { readonly turns: number; readonly warmUpTurns: number };

/** Measures the CPU time of each side, turn by turn, so that whatever slows the machine slows all of them alike. */
export function measure<Name extends string>(sides: Readonly<Record<Name, Side>>, turns: Turns): Promise<Costs<Name>> {
  const names = Object.keys(sides) as Name[];
  return measureTurns(names, (name) => Promise.resolve(takeTurn(sides[name])), turns);
}

/**
 * Measures sides of which each takes its turns in a process of its own, by `takeTurn`: neither pays for
 * what the other leaves to be collected, or for the engine's learning about it.
 */
export async function measureTurns<Name extends string>(
  names: readonly Name[],
  takeTurn: (name: Name) => Promise<number>,
  { turns, warmUpTurns }: Turns,
): Promise<Costs<Name>> {
  const costs = Object.fromEntries(names.map((name): [Name, number[]] => [name, []])) as Record<Name, number[]>;
  for (let turn = 0; turn < warmUpTurns + turns; turn += 1) {
    for (const name of names) {
      const cost = await takeTurn(name);
      if (turn >= warmUpTurns) costs[name].push(cost);
    }
  }
  return costs;
}

/** Returns the middle one of values. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

/** Returns how many times as much one side takes as another: the median of turns that stand next to each other. */
export function medianRatio(costs: readonly number[], others: readonly number[]): number {
  return median(costs.map((cost, turn) => cost / others[turn]!));
}

/** Returns the CPU time of a run, with that of the engine's own threads, in milliseconds: the mean of one turn. */
export function takeTurn({ run, runsATurn }: Side): number {
  const before = process.cpuUsage();
  for (let count = 0; count < runsATurn; count += 1) run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / runsATurn;
}
