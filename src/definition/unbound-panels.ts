import type { Datasource } from "../../gen/datajetty/dashboards/v1/datasource_pb.js";
import type { Definition } from "../../gen/datajetty/dashboards/v1/definition_pb.js";
import { inlineNames, namesOf, rangeNames } from "./bound-names.ts";
import { panelIds } from "./panel.ts";
import { parseQuery } from "./query.ts";

/**
 * Creates the finder of the panels with data that a filter, once set, might not narrow, by their ids,
 * so that a link that fixes it can be refused. A source counts as narrowed only where the filter's
 * placeholder stands outside optional clauses, or in one that no other filter can take away. The
 * queries are read once, when first asked; that throws INVALID_DEFINITION for one that cannot be
 * read, which no saved definition has.
 */
export function createUnboundPanelFinder(definition: Definition): (filter: string) => readonly string[] {
  const { layout, datasources, filters } = definition;
  if (layout === undefined) return () => [];
  const ids = panelIds(layout);
  const ranges = new Set(filters.filter(({ type }) => type === "range").map(({ name }) => name));
  let reaches: readonly Reach[] | undefined;
  return (name) => {
    reaches ??= datasources.map(readReach);
    const isRange = ranges.has(name);
    const { from, to } = rangeNames(name);
    const narrowing = isRange ? [from, to] : [name];
    const own = new Set(namesOf({ name, type: isRange ? "range" : "" }));
    const narrowed = new Set(
      reaches.filter((reach) => narrowing.every((each) => alwaysBinds(reach, each, own))).map(({ id }) => id),
    );
    return layout.panels.flatMap(({ datasource }, index) =>
      datasource === "" || narrowed.has(datasource) ? [] : [ids[index]!],
    );
  };
}

/** What a source binds. */
type Reach = {
  readonly id: string;
  /** The names that it binds whatever is set. */
  readonly always: ReadonlySet<string>;
  /** The names of each optional clause that one filter alone might hold. */
  readonly optional: readonly ReadonlySet<string>[];
};

/** As many names as one filter binds at most: a clause of more always needs another filter as well. */
const maxOwn = 3;

function readReach({ id, source }: Datasource): Reach {
  if (source.case === "inline") return { id, always: new Set(inlineNames(source.value)), optional: [] };
  if (source.case !== "duckdb") return { id, always: new Set(), optional: [] };
  const always = new Set<string>();
  const optional = new Map<string, ReadonlySet<string>>();
  for (const clause of parseQuery(source.value.query).clauses) {
    const names = new Set(clause.names);
    if (!clause.optional) for (const name of names) always.add(name);
    else if (names.size <= maxOwn) optional.set([...names].join(" "), names);
  }
  return { id, always, optional: [...optional.values()] };
}

function alwaysBinds({ always, optional }: Reach, name: string, own: ReadonlySet<string>): boolean {
  return always.has(name) || optional.some((names) => names.has(name) && names.isSubsetOf(own));
}
