import { extent } from "d3-array";
import type { Voice } from "./intl.ts";
import type { DrawnColumn, DrawnFormat, DrawnValue } from "./kind.ts";
import { columnFormat } from "./number-format.ts";
import { grainOf, isWritable, timeOptions } from "./time-format.ts";

/**
 * Returns a column with how a browser writes its values: numbers unabbreviated and all with the same
 * decimals, so that they compare; times with their weekday. Words and truth values need no format.
 */
export function withFormat(column: DrawnColumn, voice: Voice): DrawnColumn {
  const format = formatOf(column, voice);
  return format === undefined ? column : { ...column, format };
}

function formatOf({ type, unit = "", decimals, zoned = false, values }: DrawnColumn, voice: Voice) {
  if (type === "time") {
    return timeFormat(values.every(isTime) ? values : values.filter(isTime), zoned, voice);
  }
  // Nulls count for nothing, as NaN does.
  return type === "number" ? numberFormat(values as ArrayLike<number>, unit, decimals) : undefined;
}

function isTime(value: DrawnValue): value is number {
  return typeof value === "number" && isWritable(value);
}

function numberFormat(values: ArrayLike<number>, unit: string, decimals: number | undefined): DrawnFormat {
  const { options, divisor, suffix } = columnFormat(values, { unit, decimals });
  const { useGrouping, ...rest } = options;
  return {
    options: useGrouping === "auto" ? rest : options,
    ...(divisor !== 1 && { divisor }),
    ...(suffix !== "" && { suffix }),
  };
}

/** Times within so long tell themselves apart without their year. */
const weekMs = 7 * 86_400_000;

function timeFormat(values: readonly number[], zoned: boolean, voice: Voice): DrawnFormat {
  const options = timeOptions(grainOf({ values, zoned }, voice), zoned, voice);
  if (options.day === undefined) return { options };
  const { year, ...rest } = options;
  const [from = 0, to = 0] = extent(values);
  return { options: { weekday: "short", ...(to - from > weekMs && { year }), ...rest } };
}
