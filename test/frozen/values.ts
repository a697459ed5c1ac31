import type { JsonObject, JsonValue } from "@bufbuild/protobuf";
import { classesOf, type Element, findAll, parseMarkup } from "../markup.ts";

/** What a reader of a dashboard, or its host, takes from it: words and numbers, without their markup. */
export type Values = {
  /** What stands above the panels: title, description, filters as they are set. */
  readonly heading: readonly string[];
  readonly locale: string;
  readonly timezone: string;
  readonly panels: readonly PanelValues[];
};

type PanelValues = {
  readonly id: string;
  readonly kind: string;
  /** What is to be seen of it: title, figures, legend, axes, cells. */
  readonly words: readonly string[];
  /** What the island holds of it, absent where that is nothing. */
  readonly columns?: JsonValue;
};

/** Reads the values off a dashboard's HTML, all but those that go with the hour: when its data was read. */
export function readValues(html: string): Values {
  const root = parseMarkup(html);
  const island = JSON.parse((root.children.at(-1) as Element).children[0] as string);
  const sections = findAll(root, isSection);
  return {
    heading: wordsOf(root, (element) => isSection(element) || isForm(element) || isUnseen(element)),
    locale: island.locale,
    timezone: island.timezone,
    panels: (island.panels as JsonObject[]).map(({ id, kind, columns }, index) => ({
      id: id as string,
      kind: kind as string,
      words: wordsOf(sections[index]!, isUnseen),
      ...(columns !== undefined && { columns: (columns as JsonObject[]).map(unpackColumn) }),
    })),
  };
}

/** Returns a column with its values one by one, and without how a browser writes them: the words tell that. */
function unpackColumn({ format: _, ...column }: JsonObject): JsonObject {
  const { values } = column;
  if (Array.isArray(values)) return column;
  const { start, step, count } = values as { start: number; step: number; count: number };
  return { ...column, values: Array.from({ length: count }, (_, index) => start + index * step) };
}

/**
 * Returns where values are not those frozen, as paths. Whatever was added to the island since is let
 * be, and so are how words are divided among elements and digits that floating point adds.
 */
export function findChanges(now: unknown, frozen: unknown, path = "$"): readonly string[] {
  const isWords = /\.(heading|words)$/.test(path);
  if (isWords ? squeeze(now) === squeeze(frozen) : settle(now) === settle(frozen)) return [];
  if (isWords || typeof frozen !== "object" || frozen === null || typeof now !== "object" || now === null) {
    return [`${path}: ${JSON.stringify(now)} was ${JSON.stringify(frozen)}`];
  }
  if (Array.isArray(frozen)) {
    const list = Array.isArray(now) ? now : [];
    if (list.length !== frozen.length) return [`${path}: has ${list.length} items, had ${frozen.length}`];
    return frozen.flatMap((item, index) => findChanges(list[index], item, `${path}[${index}]`));
  }
  const object = now as Readonly<Record<string, unknown>>;
  return Object.entries(frozen).flatMap(([name, value]) => findChanges(object[name], value, `${path}.${name}`));
}

function isSection({ tag }: Element): boolean {
  return tag === "section";
}

/** What filters could be set to is no value of this render. */
function isForm({ tag }: Element): boolean {
  return tag === "form";
}

/** Whether nobody sees it, or it tells of the hour. */
function isUnseen(element: Element): boolean {
  const unseen = ["dj-sr", "dj-status", "dj-footer"];
  return ["script", "title"].includes(element.tag) || classesOf(element).some((name) => unseen.includes(name));
}

function wordsOf({ children }: Element, isLeftOut: (element: Element) => boolean): readonly string[] {
  return children.flatMap((child) => {
    if (typeof child !== "string") return isLeftOut(child) ? [] : wordsOf(child, isLeftOut);
    return child.trim() === "" ? [] : [child.trim()];
  });
}

/** The island has the 12 digits of a fraction that mean something. */
function settle(value: unknown): unknown {
  return typeof value === "number" ? Number(value.toPrecision(12)) : value;
}

function squeeze(words: unknown): string {
  return [words].flat().join("").replace(/\s/g, "");
}
