/**
 * Returns which of the names stand elsewhere among the others now: as few as can be, so that one that was brought to
 * the front is the only one. Both lists hold the same names, each once; of hundreds it takes no time.
 */
export function findMoved(before: readonly string[], after: readonly string[]): ReadonlySet<string> {
  const rankOf = new Map(before.map((name, rank) => [name, rank]));
  const ranks = after.map((name) => rankOf.get(name)!);
  // The longest list of names in their old order that ends with each.
  const lengths: number[] = [];
  const previous: (number | undefined)[] = [];
  for (const [at, rank] of ranks.entries()) {
    let best: number | undefined;
    for (let earlier = 0; earlier < at; earlier += 1) {
      if (ranks[earlier]! < rank && lengths[earlier]! > (best === undefined ? 0 : lengths[best]!)) best = earlier;
    }
    lengths.push(best === undefined ? 1 : lengths[best]! + 1);
    previous.push(best);
  }
  const moved = new Set(after);
  let at = lengths.length === 0 ? undefined : lengths.indexOf(Math.max(...lengths));
  while (at !== undefined) {
    moved.delete(after[at]!);
    at = previous[at];
  }
  return moved;
}
