import type { InlineSource } from "../../gen/datajetty/dashboards/v1/datasource_pb.js";

/** The names that a range called `period` binds: `period_from`, `period_to`, `period_bucket`. */
export type RangeNames = { readonly from: string; readonly to: string; readonly bucket: string };

/** Returns the names that a range binds. */
export function rangeNames(name: string): RangeNames {
  return { from: `${name}_from`, to: `${name}_to`, bucket: `${name}_bucket` };
}

/** Returns the names that a filter binds: its own, or a range's three. */
export function namesOf(filter: { readonly name: string; readonly type: string }): readonly string[] {
  return filter.type === "range" ? Object.values(rangeNames(filter.name)) : [filter.name];
}

/**
 * Returns the names by which a binding reaches inline rows: those of the columns, which keep the
 * rows that equal a value, and the ends of a range that is called like a column of times. Lists of
 * numbers equal no value.
 */
export function inlineNames({ columns }: InlineSource): readonly string[] {
  return columns.flatMap(({ name, type }) => {
    const { from, to } = rangeNames(name);
    if (type === "numbers") return [];
    return type === "time" ? [name, from, to] : [name];
  });
}
