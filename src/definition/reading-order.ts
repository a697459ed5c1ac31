import type { Datasource } from "../../gen/datajetty/dashboards/v1/datasource_pb.js";

/** How many derived sources may stand one on another: each waits for the one below it. */
export const maxDerivedDepth = 5;

/** Returns the ids of the datasources that one reads itself; none for one that is not derived. */
export function readsOf({ source }: Datasource): readonly string[] {
  return source.case === "derived" ? source.value.from : [];
}

/**
 * Returns everything that a datasource reads, by way of others too, and last the datasource itself: each
 * once, and after all that it reads. Undefined where one that is read is missing, reads itself by way of
 * others, or stands on more than five others, which no saved definition has.
 */
export function readingOrder(
  datasource: Datasource,
  datasources: readonly Datasource[],
): readonly Datasource[] | undefined {
  const byId = new Map(datasources.map((each) => [each.id, each]));
  /** How many derived sources stand in a row up to each one that is done, itself included. */
  const depths = new Map<string, number>();
  const order: Datasource[] = [];
  return visit(datasource) === undefined ? undefined : order;

  /** Returns the depth, undefined where there is no order. The depth above bounds the recursion. */
  function visit(each: Datasource, above = 0): number | undefined {
    if (above > maxDerivedDepth) return undefined;
    let depth = 0;
    for (const id of readsOf(each)) {
      const read = byId.get(id);
      const below = read && (depths.get(id) ?? visit(read, above + 1));
      if (below === undefined) return undefined;
      depth = Math.max(depth, below + 1);
    }
    if (depth > maxDerivedDepth) return undefined;
    depths.set(each.id, depth);
    order.push(each);
    return depth;
  }
}
