import type { Part, Step } from "./corpus.ts";
import type { CaseRecord } from "./record.ts";

/** What may stand where a case put something, and be what its place takes: a word will not do everywhere. */
const benignDefaults: Readonly<Record<string, string>> = {
  COLOR: "",
  UNIT: "word",
  DUCKDB_FILE: "",
  SQL: "",
  DS_URL: "",
};

/** Returns the step with a benign word, as long, in place of each text that a case puts into a dashboard or a filter. */
export function benignTwin(step: Step): Step {
  if (step.do === "publish") return { ...step, inject: twinOf(step.inject ?? {}) };
  const { body, query, filters } = step;
  return {
    ...step,
    ...(body !== undefined && { body: body.map(twinOfPart) }),
    ...(filters !== undefined && { filters: twinOfFilters(filters) as Record<string, unknown> }),
    ...(query !== undefined && { query: query.replace(/=[^&#]*/g, "=benign") }),
  };
}

function twinOf(inject: NonNullable<Step["inject"]>): NonNullable<Step["inject"]> {
  const kept = Object.entries(inject).filter(([point]) => benignDefaults[point] !== "");
  return Object.fromEntries(
    kept.map(([point, value]) => [
      point,
      typeof value === "string" ? (benignDefaults[point] ?? wordLike(value)) : value,
    ]),
  );
}

/** Where a text breaks depends on how long it is. */
function wordLike(text: string): string {
  return "benign".padEnd(Math.max(6, Math.min(text.length, 60)), "x");
}

function twinOfPart(part: Part): Part {
  if (typeof part !== "string") return part;
  const { before, filters, after } = splitFilters(part) ?? {};
  return filters === undefined ? part : `${before}${JSON.stringify(twinOfFilters(filters))}${after}`;
}

/** Finds the filters in the JSON of a request. */
function splitFilters(text: string): { before: string; filters: unknown; after: string } | undefined {
  const [, before, inner, after] = /^(.*"filters":)(\{.*\})(\}\s*)$/s.exec(text) ?? [];
  try {
    return inner === undefined ? undefined : { before: before!, filters: JSON.parse(inner), after: after! };
  } catch {
    return undefined;
  }
}

function twinOfFilters(value: unknown): unknown {
  if (typeof value === "string") return wordLike(value);
  if (Array.isArray(value)) return value.map(twinOfFilters);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, twinOfFilters(each)]));
}

/** Returns the texts that a case puts into a dashboard or a filter. */
export function payloadsOf(record: CaseRecord): readonly string[] {
  const filters = record.steps.flatMap(({ step }) =>
    (step.body ?? []).flatMap((part) => (typeof part === "string" ? textsIn(splitFilters(part)?.filters) : [])),
  );
  return [...injectedBy(record), ...filters];
}

/** Returns the texts that a case puts into a dashboard. */
export function injectedBy({ steps }: CaseRecord): readonly string[] {
  return steps.flatMap(({ step }) => Object.values(step.inject ?? {}).filter((value) => typeof value === "string"));
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
