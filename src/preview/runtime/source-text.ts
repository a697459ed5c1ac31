import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from "yaml";
import type { Problem } from "./api.ts";

/** A problem and where in a text it is: from one character to another. */
export type PlacedProblem = Problem & { readonly from: number; readonly to: number };

/** A text that was read as YAML, of which JSON is a part. */
export type SourceText = {
  /** What it says; undefined where it cannot be read. */
  readonly definition: Record<string, unknown> | undefined;
  /** Why it cannot be read. */
  readonly problems: readonly PlacedProblem[];
  /** Finds what a problem's path leads to, or the innermost of what is there of it. */
  place(problem: Problem): PlacedProblem;
};

/** Reads a text. */
export function readSource(text: string): SourceText {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const problems = document.errors.map(({ pos: [from, to], message }) => {
    return { field: `line ${lines.linePos(from).line}`, description: message, from, to };
  });
  const place = (problem: Problem) => {
    const found = findUnknown(document, problem) ?? problem;
    return { ...found, ...findPlace(document, found.field) };
  };
  if (problems.length > 0) return { definition: undefined, problems, place };
  try {
    const definition: unknown = document.toJS();
    if (typeof definition === "object" && definition !== null && !Array.isArray(definition)) {
      return { definition: definition as Record<string, unknown>, problems, place };
    }
  } catch {
    // Aliases that would grow beyond all measure.
  }
  const description = "must be a map that has dashboard_id, layout and datasources";
  return { definition: undefined, problems: [{ field: "line 1", description, from: 0, to: 0 }], place };
}

type Place = { readonly from: number; readonly to: number };

function findPlace(document: Document, path: string): Place {
  let place: Place = { from: 0, to: 0 };
  let node: unknown = document.contents;
  for (const key of keysOf(path, document)) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair = node.items.find(({ key: name }) => isScalar(name) && `${name.value}` === key);
      if (pair === undefined) return place;
      // A value is what is to be changed, where it is not all that follows.
      place = (isScalar(pair.value) && rangeOf(pair.value)) || rangeOf(pair.key) || place;
      node = pair.value;
    } else if (isSeq(node)) {
      const item: unknown = node.items[Number(key)];
      if (item === undefined) return place;
      const { from, to } = rangeOf(item) ?? place;
      place = isScalar(item) ? { from, to } : { from, to: from };
      node = item;
    } else {
      return place;
    }
  }
  return place;
}

/** The service repeats no input, so that it says what there is in place of what there is not. */
function findUnknown(document: Document, { field, description }: Problem): Problem | undefined {
  const names = /has a field that is unknown; it takes ([\w, ]+)$/.exec(description)?.[1]?.split(", ");
  const keys = keysOf(field, document);
  const node = keys.length === 0 ? document.contents : document.getIn(keys.map(toIndex), true);
  if (names === undefined || !isMap(node)) return undefined;
  const key = node.items.find((pair) => isScalar(pair.key) && !names.includes(`${pair.key.value}`))?.key;
  if (!isScalar(key)) return undefined;
  return { field: [field, `${key.value}`].filter(Boolean).join("."), description: `is none of ${names.join(", ")}` };
}

function toIndex(key: string): string | number {
  return /^\d+$/.test(key) ? Number(key) : key;
}

/** A value's path has the filter's name, which the definition has in a list. */
function keysOf(path: string, document: Document): readonly string[] {
  const name = /^values\.(\w+)$/.exec(path)?.[1];
  const filters = name === undefined ? undefined : document.get("filters");
  if (isSeq(filters)) {
    const index = filters.items.findIndex((filter) => isMap(filter) && filter.get("name") === name);
    return ["filters", `${index}`];
  }
  return path.split(/[.[\]]+/).filter((key) => key !== "");
}

function rangeOf(node: unknown): Place | undefined {
  const range = (node as { range?: readonly number[] | null } | null)?.range;
  return range ? { from: range[0]!, to: range[1]! } : undefined;
}
