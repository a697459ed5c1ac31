import type { Datasource } from "../../gen/datajetty/dashboards/v1/datasource_pb.js";

/** For how long what has no time of its own counts as fresh, in seconds; the contract names it. */
export const defaultTtlS = 300;

/** Returns for how long the datasource's rows count as fresh, in seconds. */
export function ttlSOf({ ttlS }: Datasource): number {
  return ttlS ?? defaultTtlS;
}
