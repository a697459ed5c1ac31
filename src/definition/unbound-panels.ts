import type { Datasource } from "../../gen/datajetty/dashboards/v1/datasource_pb.js";
import type { Definition } from "../../gen/datajetty/dashboards/v1/definition_pb.js";
import { inlineNames, namesOf, rangeNames } from "./bound-names.ts";
import { panelIds } from "./panel.ts";
import { placeholderNames } from "./placeholders.ts";
import { parseQuery } from "./query.ts";
import { maxDerivedDepth, readsOf } from "./reading-order.ts";

/** Returns the ids of the datasources that a filter narrows for sure, once it is set. */
export type NarrowedBy = (filter: string) => ReadonlySet<string>;

/**
 * Creates the finder of the panels with data that a filter, once set, might not narrow, by their ids,
 * so that a link that fixes it can be refused.
 */
export function createUnboundPanelFinder(
  definition: Definition,
  narrowedBy: NarrowedBy = createNarrowedFinder(definition),
): (filter: string) => readonly string[] {
  const { layout } = definition;
  if (layout === undefined) return () => [];
  const ids = panelIds(layout);
  return (name) => {
    const narrowed = narrowedBy(name);
    return layout.panels.flatMap(({ datasource }, index) =>
      datasource === "" || narrowed.has(datasource) ? [] : [ids[index]!],
    );
  };
}

/**
 * Creates the finder of what filters narrow. A source counts as narrowed only where the filter's
 * placeholder stands outside optional clauses, or in one that no other filter can take away; a request
 * where it stands anywhere, for the service alone knows what it does; a derived one where each source that
 * it reads is narrowed, whatever its own query binds. The queries are read once, when first asked; that
 * throws INVALID_DEFINITION for one that cannot be read, which no saved definition has. What a declared filter narrows is
 * found once, too: many links may be judged by it.
 */
export function createNarrowedFinder({
  datasources,
  filters,
}: Pick<Definition, "datasources" | "filters">): NarrowedBy {
  const ranges = new Set(filters.filter(({ type }) => type === "range").map(({ name }) => name));
  const declared = new Set(filters.map(({ name }) => name));
  const known = new Map<string, ReadonlySet<string>>();
  let reaches: readonly Reach[] | undefined;
  return (name) => {
    const found = known.get(name) ?? find(name);
    if (declared.has(name)) known.set(name, found);
    return found;
  };

  function find(name: string): ReadonlySet<string> {
    reaches ??= datasources.map(readReach);
    const isRange = ranges.has(name);
    const { from, to } = rangeNames(name);
    const narrowing = isRange ? [from, to] : [name];
    const own = new Set(namesOf({ name, type: isRange ? "range" : "" }));
    return findNarrowed(reaches, (reach) => narrowing.every((each) => alwaysBinds(reach, each, own)));
  }
}

/** What a source binds. */
type Reach = {
  readonly id: string;
  /** The names that it binds whatever is set. */
  readonly always: ReadonlySet<string>;
  /** The names of each optional clause that one filter alone might hold. */
  readonly optional: readonly ReadonlySet<string>[];
  /** The sources that it reads; its rows are theirs. None where it is not derived. */
  readonly reads: readonly string[];
};

/** As many names as one filter binds at most: a clause of more always needs another filter as well. */
const maxOwn = 3;

function readReach(datasource: Datasource): Reach {
  const { id, source } = datasource;
  const nothing = { id, always: new Set<string>(), optional: [], reads: readsOf(datasource) };
  if (source.case === "inline") return { ...nothing, always: new Set(inlineNames(source.value)) };
  if (source.case === "http" || source.case === "grpc") {
    return { ...nothing, always: new Set(placeholderNames(datasource)) };
  }
  if (source.case !== "duckdb" && source.case !== "sql") return nothing;
  const always = new Set<string>();
  const optional = new Map<string, ReadonlySet<string>>();
  for (const clause of parseQuery(source.value.query).clauses) {
    const names = new Set(clause.names);
    if (!clause.optional) for (const name of names) always.add(name);
    else if (names.size <= maxOwn) optional.set([...names].join(" "), names);
  }
  return { ...nothing, always, optional: [...optional.values()] };
}

/** Returns the ids of the sources that are narrowed: by themselves, or derived from such alone. */
function findNarrowed(reaches: readonly Reach[], narrows: (reach: Reach) => boolean): ReadonlySet<string> {
  const narrowed = new Set(reaches.filter((reach) => reach.reads.length === 0 && narrows(reach)).map(({ id }) => id));
  const derived = reaches.filter(({ reads }) => reads.length > 0);
  for (let round = 0; round < maxDerivedDepth; round += 1) {
    for (const { id, reads } of derived) if (reads.every((read) => narrowed.has(read))) narrowed.add(id);
  }
  return narrowed;
}

function alwaysBinds({ always, optional }: Reach, name: string, own: ReadonlySet<string>): boolean {
  return always.has(name) || optional.some((names) => names.has(name) && names.isSubsetOf(own));
}
