import type { Datasource } from "../../gen/datajetty/dashboards/v1/datasource_pb.js";

/** For how long what has no time of its own counts as fresh, in seconds; the contract names it. */
export const defaultTtlS = 300;

/** Returns for how long the datasource's rows count as fresh, in seconds. */
export function ttlSOf({ ttlS }: Datasource): number {
  return ttlS ?? defaultTtlS;
}

/** For how long old rows may be shown while new ones cannot be had, in seconds; the contract names it. */
const defaultMaxStaleS = 600;

/** Returns how long after they were read the datasource's rows may be shown as stale, in seconds; 0 for never. */
export function maxStaleSOf({ maxStaleS }: Datasource): number {
  return maxStaleS ?? defaultMaxStaleS;
}
