import { create } from "@bufbuild/protobuf";
import { ListValueSchema, type Value, ValueSchema } from "@bufbuild/protobuf/wkt";
import { rangeToText, valueToText } from "./filter-text.ts";
import type { FilterSpecs } from "./filters.ts";
import { fitScalar } from "./fit-value.ts";
import { type Clock, parseRange } from "./range.ts";
import { type FilterSpec, settleFilter } from "./settle-filter.ts";

/** What a filter is set to. Each of its texts is one that `readViewerFilters` reads as that value. */
export type FilterChoice = {
  readonly spec: FilterSpec;
  /** Its values, those of its default included; none where it is unset. */
  readonly chosen: readonly string[];
  /** Whether that is what it is without a choice. */
  readonly isDefault: boolean;
};

/** A filter as a form has it; its texts are like those of a choice. */
export type FilterControl = Pick<FilterSpec, "name" | "title" | "type" | "many" | "required"> & {
  readonly chosen: readonly string[];
  readonly isDefault: boolean;
  /** What a reader chooses from; none where it takes any value of its type. */
  readonly options: readonly FilterOption[];
  /** Whether it takes the text as its one value. No range does: what a chart shows is no span of time. */
  readonly takes: (text: string) => boolean;
};

/** One value to choose, and how a reader is told of it, in English. */
export type FilterOption = { readonly text: string; readonly words: string };

/**
 * Reads the filters that a link's viewer may change from the query of its address. Every other name
 * is ignored. An empty value unsets a filter; without any, it keeps its default. What does not fit
 * becomes a value that the filter refuses, so that the one place that judges values judges these too.
 */
export function readViewerFilters(
  { specs }: FilterSpecs,
  names: readonly string[],
  query: URLSearchParams,
): Record<string, Value> {
  const allowed = specs.filter((spec) => names.includes(spec.name) && query.has(spec.name));
  return Object.fromEntries(allowed.map((spec) => [spec.name, textsToValue(spec, query.getAll(spec.name))]));
}

/**
 * Returns what the filters of those names are set to, in the definition's order: as given, or else by
 * default. The values fit: `resolveFilters` has seen them.
 */
export function findChoices(
  { specs }: FilterSpecs,
  names: readonly string[],
  given: Readonly<Record<string, Value>>,
): FilterChoice[] {
  const named = specs.filter((spec) => names.includes(spec.name));
  return named.map((spec) => {
    const unchosen = valueToTexts(spec.defaultValue);
    const chosen = Object.hasOwn(given, spec.name) ? valueToTexts(given[spec.name]) : unchosen;
    return { spec, chosen, isDefault: JSON.stringify(chosen) === JSON.stringify(unchosen) };
  });
}

/**
 * Returns the filters for a form, with what there is to choose from: of spans of time some that are
 * usual, besides the one that is set and the default; what a datasource offers, besides what is chosen.
 *
 * @param offered the options that datasources offer, by filter; none for one whose datasource failed
 */
export function choicesToControls(
  choices: readonly FilterChoice[],
  clock: Clock,
  offered: ReadonlyMap<string, readonly FilterOption[]> = new Map(),
): FilterControl[] {
  return choices.map(({ spec, chosen, isDefault }) => {
    const { name, title, type, many, required, defaultValue } = spec;
    const options =
      type === "range"
        ? rangeOptions([...valueToTexts(defaultValue), ...chosen], clock)
        : (withChosen(offered.get(name) ?? [], chosen) ?? valueOptions(spec));
    const known = new Set(spec.optionsFrom === undefined ? options.map(({ text }) => text) : []);
    const takes = (text: string) => {
      if (text === "" || type === "range") return false;
      return known.size > 0 ? known.has(text) : !("problem" in settleFilter(spec, textsToValue(spec, [text]), clock));
    };
    return { name, title, type, many, required, chosen, isDefault, options, takes };
  });
}

function textsToValue(spec: FilterSpec, texts: readonly string[]): Value {
  const given = texts.filter((text) => text !== "");
  if (given.length === 0) return create(ValueSchema, { kind: { case: "nullValue", value: 0 } });
  const values = given.map((text) => textToValue(spec, text));
  // A filter of one value that is given two of them must refuse, not pick.
  if (!spec.many && values.length === 1) return values[0]!;
  return create(ValueSchema, { kind: { case: "listValue", value: create(ListValueSchema, { values }) } });
}

/** A number as a number field sends it (https://html.spec.whatwg.org/#valid-floating-point-number). */
const number = /^-?(\d+(\.\d+)?|\.\d+)(e[+-]?\d+)?$/i;

function textToValue({ type }: Pick<FilterSpec, "type">, text: string): Value {
  if (type === "number" && number.test(text)) {
    return create(ValueSchema, { kind: { case: "numberValue", value: Number(text) } });
  }
  if (type === "boolean" && (text === "true" || text === "false")) {
    return create(ValueSchema, { kind: { case: "boolValue", value: text === "true" } });
  }
  return create(ValueSchema, { kind: { case: "stringValue", value: text } });
}

/** Returns the texts of a value. An empty string has none: it is how a form says that a filter is unset. */
function valueToTexts(value: Value | undefined): readonly string[] {
  switch (value?.kind.case) {
    case "stringValue":
      return value.kind.value === "" ? [] : [value.kind.value];
    case "numberValue":
    case "boolValue":
      return [String(value.kind.value)];
    case "listValue":
      return value.kind.value.values.flatMap(valueToTexts);
    case "structValue": {
      const { from, to } = value.kind.value.fields;
      // What is below a millisecond counts for nothing, and could make the text longer than a range may be.
      return [`${valueToTexts(from)}/${valueToTexts(to)}`.replaceAll(/(\.\d{3})\d+/g, "$1")];
    }
    default:
      return [];
  }
}

function valueOptions({ type, options }: FilterSpec): readonly FilterOption[] {
  if (type === "boolean" && options.length === 0) return bothAnswers;
  return options.flatMap((option) => {
    const [text] = valueToTexts(option);
    const value = type === "range" ? undefined : fitScalar(type, option);
    if (text === undefined || value === undefined) return [];
    return (
      bothAnswers.find((answer) => type === "boolean" && answer.text === text) ?? { text, words: valueToText(value) }
    );
  });
}

/** Returns what is offered, after what is chosen and not in it; undefined where nothing is offered. */
function withChosen(offered: readonly FilterOption[], chosen: readonly string[]): readonly FilterOption[] | undefined {
  if (offered.length === 0) return undefined;
  const known = new Set(offered.map(({ text }) => text));
  return [...chosen.filter((text) => !known.has(text)).map((text) => ({ text, words: text })), ...offered];
}

const bothAnswers: readonly FilterOption[] = [
  { text: "true", words: "Yes" },
  { text: "false", words: "No" },
];

const usualRanges = ["last 1h", "last 24h", "last 7d", "last 30d", "last 90d", "last 365d"];

function rangeOptions(more: readonly string[], clock: Clock): readonly FilterOption[] {
  return [...new Set([...more.filter((text) => !usualRanges.includes(text)), ...usualRanges])].flatMap((text) => {
    const range = parseRange(textToValue({ type: "range" }, text), clock);
    return range === undefined ? [] : { text, words: rangeToText(range, clock.timezone) };
  });
}
