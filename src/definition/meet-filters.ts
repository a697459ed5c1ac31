import { equals } from "@bufbuild/protobuf";
import { type Value, ValueSchema } from "@bufbuild/protobuf/wkt";
import { type FieldProblem, fault } from "../errors/fault.ts";

/** Values by filter name. */
export type FilterValues = Readonly<Record<string, Value>>;

/** Who says what a dashboard's filters are. */
export type FilterLayers = {
  /** What the bearer token holds its caller to. */
  readonly held: FilterValues;
  /** What a link fixes. */
  readonly fixed: FilterValues;
  /** What a caller asks for, or a link's viewer. */
  readonly asked: FilterValues;
};

/**
 * Returns the one value of each filter that is given at all. A link's word goes over its viewer's; over a
 * token's goes none: what else is said must be the same value or, where the token holds a list, some of its
 * values. Throws INVALID_FILTER with every name for which it is not, null included, which would unset it.
 */
export function meetFilters({ held, fixed, asked }: FilterLayers, path = "filters"): FilterValues {
  const met = new Map([...Object.entries(asked), ...Object.entries(fixed)]);
  const problems: FieldProblem[] = [];
  for (const [name, value] of Object.entries(held)) {
    const wanted = met.get(name);
    if (wanted === undefined) met.set(name, value);
    else if (!isWithin(wanted, value)) {
      problems.push({ field: `${path}.${name}`, description: "is held by the access token to another value" });
    }
  }
  if (problems.length > 0) {
    throw fault("INVALID_FILTER", "the access token does not let these filters be so: see details", {
      details: problems,
    });
  }
  return Object.fromEntries(met);
}

function isWithin(wanted: Value, held: Value): boolean {
  if (equals(ValueSchema, wanted, held)) return true;
  if (held.kind.case !== "listValue") return false;
  const allowed = held.kind.value.values;
  const all = wanted.kind.case === "listValue" ? wanted.kind.value.values : [wanted];
  return all.length > 0 && all.every((each) => allowed.some((value) => equals(ValueSchema, each, value)));
}
