import type { Datasource } from "../../gen/datajetty/dashboards/v1/datasource_pb.js";
import type { Definition } from "../../gen/datajetty/dashboards/v1/definition_pb.js";
import type { Report } from "../errors/problems.ts";
import { maxDerivedDepth, readsOf } from "./reading-order.ts";
import { idToViewName } from "./view-name.ts";

/**
 * Reports derived datasources that read what there is not, read themselves, also by way of others, stand
 * on too many others, or read two datasources whose views would have one name. A cycle is reported at its
 * first datasource, with every field that it goes through.
 */
export function checkDerived({ datasources }: Definition, report: Report): void {
  const indexes = new Map(datasources.map(({ id }, index) => [id, index]));
  for (const [index, datasource] of datasources.entries()) checkReads(index, datasource, indexes, report);
  const cycles = findCycles(datasources, indexes);
  for (const fields of cycles) {
    report(fields[0]!, fields.length === 1 ? "is the datasource itself" : `is part of a cycle: ${fields.join(", ")}`);
  }
  // What stands on a cycle has no height.
  if (cycles.length === 0) checkHeights(datasources, report);
}

function fieldOf(index: number, at: number): string {
  return `datasources[${index}].derived.from[${at}]`;
}

function checkReads(index: number, datasource: Datasource, indexes: ReadonlyMap<string, number>, report: Report): void {
  const views = new Set<string>();
  for (const [at, id] of readsOf(datasource).entries()) {
    const view = idToViewName(id);
    if (views.has(view)) report(fieldOf(index, at), "gives a view the name that another one has");
    if (!indexes.has(id)) report(fieldOf(index, at), "is no datasource's id");
    views.add(view);
  }
}

/** Returns the fields of each cycle. Of cycles that meet, one: the next shows when it is mended. */
function findCycles(
  datasources: readonly Datasource[],
  indexes: ReadonlyMap<string, number>,
): readonly (readonly string[])[] {
  const cycles: (readonly string[])[] = [];
  const told = new Set<number>();
  for (const start of datasources.keys()) {
    const cycle = findWayBack(start, datasources, indexes);
    if (cycle === undefined || cycle.some(({ index }) => told.has(index))) continue;
    for (const { index } of cycle) told.add(index);
    cycles.push(cycle.map(({ index, at }) => fieldOf(index, at)));
  }
  return cycles;
}

/** A datasource, and the place in its `from` that leads on. */
type Step = { readonly index: number; readonly at: number };

/** Returns the shortest way from a datasource back to itself. */
function findWayBack(
  start: number,
  datasources: readonly Datasource[],
  indexes: ReadonlyMap<string, number>,
): readonly Step[] | undefined {
  const ways: { readonly index: number; readonly way: readonly Step[] }[] = [{ index: start, way: [] }];
  const seen = new Set<number>();
  // The list grows as it is walked.
  for (const { index, way } of ways) {
    for (const [at, id] of readsOf(datasources[index]!).entries()) {
      const next = indexes.get(id);
      const longer = [...way, { index, at }];
      if (next === start) return longer;
      if (next === undefined || seen.has(next)) continue;
      seen.add(next);
      ways.push({ index: next, way: longer });
    }
  }
  return undefined;
}

function checkHeights(datasources: readonly Datasource[], report: Report): void {
  const heights = new Map<string, number>();
  for (let round = 0; round <= maxDerivedDepth; round += 1) {
    for (const datasource of datasources) {
      const below = readsOf(datasource).map((id) => (heights.get(id) ?? 0) + 1);
      heights.set(datasource.id, Math.max(0, ...below));
    }
  }
  for (const [index, { id }] of datasources.entries()) {
    if (heights.get(id)! > maxDerivedDepth) {
      report(`datasources[${index}].derived.from`, `makes more than ${maxDerivedDepth} derived datasources in a row`);
    }
  }
}
