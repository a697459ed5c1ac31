/** A dot's place, as shares of the plot's width and height. */
export type Place = readonly [across: number, up: number];

/** The finest lattice: its cells are a pixel or two. */
const finest = { across: 500, up: 300 } as const;

/**
 * Returns the indices of the dots to draw of each series: of those that fall on the same cell of a
 * lattice of 500 by 300 the first, because the others would lie under it. Where more than `most` are
 * left the lattice is made coarser by half, and again.
 *
 * @param most at least as many as there are series
 */
export function thinOut(series: readonly (readonly Place[])[], most: number): number[][] {
  for (let shrink = 1; ; shrink *= 2) {
    const across = Math.max(1, Math.round(finest.across / shrink));
    const up = Math.max(1, Math.round(finest.up / shrink));
    const picks = series.map((places) => pickByCell(places, across, up));
    const count = picks.reduce((sum, { length }) => sum + length, 0);
    if (count <= most || (across === 1 && up === 1)) return picks;
  }
}

function pickByCell(places: readonly Place[], across: number, up: number): number[] {
  const taken = new Set<number>();
  const picks: number[] = [];
  for (const [index, [x, y]] of places.entries()) {
    const cell = cellOf(x, across) * up + cellOf(y, up);
    if (taken.has(cell)) continue;
    taken.add(cell);
    picks.push(index);
  }
  return picks;
}

function cellOf(share: number, cells: number): number {
  return Math.min(cells - 1, Math.floor(share * cells));
}
