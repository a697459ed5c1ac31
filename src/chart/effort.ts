/**
 * The work that may still be done for one dashboard. It is counted in cells: a value that is read
 * and drawn, some half a microsecond of it. Whoever is about to do much asks first.
 */
export type Effort = {
  /** Takes so many cells off what is left and returns true; false, and takes nothing, when there are fewer. */
  readonly take: (cells: number) => boolean;
};

/** Creates the effort of one dashboard. */
export function createEffort(cells: number): Effort {
  let left = cells;
  return {
    take(wanted) {
      if (wanted > left) return false;
      left -= wanted;
      return true;
    },
  };
}
