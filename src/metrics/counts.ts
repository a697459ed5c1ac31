/** Counts by a few names each, all of which the code chooses: none grows with callers or their data. */
export type Counts<Name extends string> = {
  add(name: Name): void;
  /** Returns each name that was counted, with its count. */
  entries(): Iterable<[Name, number]>;
};

/** Creates counts, of names that are there from the start at 0: a counter that appears with its first event has no rate. */
export function createCounts<Name extends string>(names: readonly Name[] = []): Counts<Name> {
  const counts = new Map<Name, number>(names.map((name) => [name, 0]));
  return {
    add: (name) => counts.set(name, (counts.get(name) ?? 0) + 1),
    entries: () => counts,
  };
}
