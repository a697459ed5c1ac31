import { isDeepStrictEqual } from "node:util";
import { type Definition, LayoutSchema } from "../../gen/datajetty/dashboards/v1/definition_pb.js";
import { comparePanels, type PanelChange } from "./compare-panels.ts";
import { differingFields, type MessageJson } from "./differing-fields.ts";
import { nothingShown, readShown, type Shown } from "./shown.ts";

/** How two definitions of a dashboard differ. */
export type DefinitionChanges = {
  /** In the newer one's reading order, removed ones last in the older one's. Panels that are the same are left out. */
  readonly panels: readonly PanelChange[];
  /** Paths of what is no panel's: `layout.title`, `filters.region`, `datasources.regions`. */
  readonly others: readonly string[];
};

/**
 * Compares a definition with the one before it, undefined for none. A change of a datasource is one of each panel that
 * shows it, by way of others too, and one of the definition only where no panel does.
 */
export function compareDefinitions(before: Definition | undefined, after: Definition): DefinitionChanges {
  const old = before === undefined ? nothingShown : readShown(before);
  const fresh = readShown(after);
  return {
    panels: comparePanels(old, fresh),
    others: [
      ...differingFields(LayoutSchema, layoutOf(old), layoutOf(fresh)).map((name) => `layout.${name}`),
      ...differingFilters(old, fresh),
      ...differingUnread(old, fresh).map((id) => `datasources.${id}`),
    ],
  };
}

function layoutOf({ json }: Shown): MessageJson {
  const { panels: _, ...rest } = (json.layout ?? {}) as MessageJson;
  return rest;
}

function differingFilters(old: Shown, fresh: Shown): readonly string[] {
  const names = differingItems(itemsOf(old, "filters", "name"), itemsOf(fresh, "filters", "name"));
  if (names.length > 0) return names.map((name) => `filters.${name}`);
  // The same ones in another order.
  return isDeepStrictEqual(old.json.filters, fresh.json.filters) ? [] : ["filters"];
}

/** Compares the datasources that no panel reads, such as those that offer options. */
function differingUnread(old: Shown, fresh: Shown): readonly string[] {
  const read = new Set(
    [old, fresh]
      .flatMap(({ panels, readBy }) => [...panels.values()].flatMap((panel) => readBy(panel)))
      .map(({ id }) => id),
  );
  return differingItems(itemsOf(old, "datasources", "id"), itemsOf(fresh, "datasources", "id")).filter(
    (id) => !read.has(id),
  );
}

type Items = ReadonlyMap<string, MessageJson>;

function itemsOf({ json }: Shown, list: string, key: string): Items {
  return new Map(((json[list] ?? []) as MessageJson[]).map((item) => [String(item[key]), item]));
}

function differingItems(before: Items, after: Items): readonly string[] {
  const names = new Set([...after.keys(), ...before.keys()]);
  return [...names].filter((name) => !isDeepStrictEqual(before.get(name), after.get(name)));
}
