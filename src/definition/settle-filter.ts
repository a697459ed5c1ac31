import type { Value } from "@bufbuild/protobuf/wkt";
import type { OptionsSource } from "../../gen/datajetty/dashboards/v1/filter_pb.js";
import { isList, type Scalar } from "./filter-value.ts";
import { describeType, type FilterType, fitList, fitScalar } from "./fit-value.ts";
import { type Clock, parseRange, type Range } from "./range.ts";

/** A filter of a dashboard, declared or inferred. */
export type FilterSpec = {
  readonly name: string;
  readonly type: FilterType;
  /** What a reader sees; the name where there is no title. */
  readonly title: string;
  /** Whether it takes a list. */
  readonly many: boolean;
  readonly required: boolean;
  /** Used when no value is given. */
  readonly defaultValue?: Value;
  /** The only values it takes; any of its type when empty. */
  readonly options: readonly Value[];
  /** Where options come from that are offered and not enforced. */
  readonly optionsFrom?: Pick<OptionsSource, "datasource" | "column" | "label">;
};

/** A filter's value; both are absent where it is unset. */
export type SettledValue = { readonly value?: Scalar | readonly Scalar[]; readonly range?: Range };

/**
 * Settles a filter on the value given; undefined and null leave it unset. Returns what is wrong
 * where the value does not fit, or the filter is required and left unset.
 */
export function settleFilter(
  spec: Pick<FilterSpec, "type" | "many" | "required" | "options">,
  given: Value | undefined,
  clock: Clock,
): SettledValue | { readonly problem: string } {
  if (given === undefined || given.kind.case === "nullValue") {
    return spec.required ? { problem: "needs a value" } : {};
  }
  const { type, many, options } = spec;
  if (type === "range") {
    const range = parseRange(given, clock);
    return range === undefined ? { problem: describeType(type, many) } : { range };
  }
  const value = many ? fitList(type, given) : fitScalar(type, given);
  if (value === undefined) return { problem: describeType(type, many) };
  if (options.length > 0) {
    const allowed = new Set(options.map((option) => JSON.stringify(fitScalar(type, option))));
    const values = isList(value) ? value : [value];
    if (!values.every((each) => allowed.has(JSON.stringify(each)))) return { problem: "takes only one of its options" };
  }
  return { value };
}
