import type { Value } from "@bufbuild/protobuf/wkt";
import type { Definition } from "../../gen/datajetty/dashboards/v1/definition_pb.js";
import type { Filter } from "../../gen/datajetty/dashboards/v1/filter_pb.js";
import { type FieldProblem, fault } from "../errors/fault.ts";
import { rangeNames } from "./bound-names.ts";
import { rangeToText, valueToText } from "./filter-text.ts";
import { type Binding, type BoundValue, bindingKey, createBinding } from "./filter-value.ts";
import { type FilterType, fitScalar } from "./fit-value.ts";
import { inferFilters } from "./infer-filters.ts";
import { type Clock, previousRange, type Range } from "./range.ts";
import { type FilterSpec, type SettledValue, settleFilter } from "./settle-filter.ts";

/** The filters of a dashboard. */
export type FilterSpecs = {
  readonly specs: readonly FilterSpec[];
  /** Whether filters that the dashboard does not have are ignored: it has no source that they could narrow. */
  readonly open: boolean;
};

/** Filters with their values settled. */
export type ResolvedFilters = {
  /** What sources bind, by placeholder. */
  readonly binding: Binding;
  /**
   * The same with each range moved to the span before it, as long; undefined where no range is set. None of
   * its instants is `rolling`: it goes with rows of one time, and before later rows lies another span.
   */
  readonly previous: Binding | undefined;
  /** The filters that are set, in words, in the order of the definition. */
  readonly shown: readonly { readonly name: string; readonly title: string; readonly text: string }[];
  /** A text of the binding that no other binding has, as `bindingKey`. */
  readonly key: string;
};

/**
 * Returns the filters that the definition declares, or those inferred from its sources when it
 * declares none. Reads every inline cell, so keep what it returns. Throws INVALID_DEFINITION for a
 * query that cannot be read, which no saved definition has.
 */
export function filterSpecs({ filters, datasources }: Definition): FilterSpecs {
  const specs = filters.length > 0 ? filters.map(filterToSpec) : [...inferFilters(datasources)].map(inferredToSpec);
  return { specs, open: datasources.length === 0 };
}

/**
 * Settles every filter: the value given, else its default, else unset. A null that is given unsets,
 * whatever the default. A range `period` binds `period_from` and `period_to` (instants, half-open)
 * and `period_bucket`. Throws INVALID_FILTER with every problem at once: names that the dashboard
 * does not have, values that do not fit, required filters without a value. A problem's field is
 * `filters.<name>`, and `filters` alone where the name is not one that could be declared.
 */
export function resolveFilters(
  { specs, open }: FilterSpecs,
  given: Readonly<Record<string, Value>>,
  clock: Clock,
  path = "filters",
): ResolvedFilters {
  const known = new Set(specs.map((spec) => spec.name));
  const problems: FieldProblem[] = Object.keys(given)
    .filter((name) => !known.has(name) && !(open && isIgnorable(name, given[name]!)))
    .map((name) => ({ field: fieldOf(path, name), description: "is not a filter of this dashboard" }));
  const settled: Settled[] = [];
  for (const spec of specs) {
    const value = settleFilter(spec, Object.hasOwn(given, spec.name) ? given[spec.name] : spec.defaultValue, clock);
    if ("problem" in value) problems.push({ field: fieldOf(path, spec.name), description: value.problem });
    else settled.push({ spec, ...value, rolling: nameRolling(value.range) });
  }
  if (problems.length > 0) {
    throw fault("INVALID_FILTER", "the filters do not fit the dashboard: see details", { details: problems });
  }
  const binding = createBinding(settled.flatMap(entriesOf));
  return {
    binding,
    previous: settled.some(({ range }) => range !== undefined)
      ? createBinding(settled.map((each) => moveBack(each, clock.timezone)).flatMap(entriesOf))
      : undefined,
    shown: settled.flatMap((each) => show(each, clock.timezone)),
    key: bindingKey(binding),
  };
}

function filterToSpec(filter: Filter): FilterSpec {
  const { name, type, title, many, required, default: defaultValue, options, optionsFrom } = filter;
  const named = { name, type: type as FilterType, title: title || name };
  return {
    ...named,
    many,
    required,
    options,
    ...(defaultValue && { defaultValue }),
    ...(optionsFrom && { optionsFrom }),
  };
}

function inferredToSpec([name, type]: readonly [string, FilterType]): FilterSpec {
  return { name, type, title: name, many: false, required: false, options: [] };
}

type Settled = SettledValue & {
  readonly spec: FilterSpec;
  /** What the range is called where it moves on with the time. */
  readonly rolling: string | undefined;
};

function nameRolling(range: Range | undefined): string | undefined {
  return range?.last && `last ${range.last.count} ${range.last.unit}`;
}

function moveBack(settled: Settled, timezone: string): Settled {
  const { range } = settled;
  return range === undefined ? settled : { ...settled, range: previousRange(range, timezone), rolling: undefined };
}

/** Returns what the filter binds. */
function entriesOf({ spec, value, range, rolling }: Settled): readonly (readonly [string, BoundValue])[] {
  if (spec.type !== "range") return [[spec.name, value ?? null]];
  const names = rangeNames(spec.name);
  if (range === undefined) return Object.values(names).map((name) => [name, null]);
  const instant = (epochMs: number) => ({ kind: "instant" as const, epochMs, ...(rolling && { rolling }) });
  return [
    [names.from, instant(range.fromMs)],
    [names.to, instant(range.toMs)],
    [names.bucket, range.bucket],
  ];
}

function show({ spec, value, range }: Settled, timezone: string): ResolvedFilters["shown"] {
  const text = range === undefined ? value !== undefined && valueToText(value) : rangeToText(range, timezone);
  return text === false ? [] : [{ name: spec.name, title: spec.title, text }];
}

/** Whether a filter that the dashboard does not have is well-formed. */
function isIgnorable(name: string, value: Value): boolean {
  return namePattern.test(name) && (value.kind.case === "nullValue" || fitScalar("any", value) !== undefined);
}

function fieldOf(path: string, name: string): string {
  return namePattern.test(name) ? `${path}.${name}` : path;
}

const namePattern = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;
