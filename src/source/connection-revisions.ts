import type { Datasource } from "../../gen/datajetty/dashboards/v1/datasource_pb.js";
import type { OpenConnection } from "./connector.ts";
import type { FindConnection } from "./read-connection.ts";
import type { SourceRunner } from "./runner.ts";

/** Creates what `SourceRunner.revisions` promises; the same text for all datasources without connections. */
export function createRevisions(findConnection: FindConnection): SourceRunner["revisions"] {
  const known = new WeakMap<readonly Datasource[], readonly string[]>();
  return (tenant, datasources) => {
    const names = known.get(datasources) ?? [...new Set(datasources.flatMap(connectionOf))];
    known.set(datasources, names);
    const found = names.map((name) => findConnection(tenant, name));
    if (!found.some(isComing)) return toText(names, found as Found);
    // One that cannot be looked up cannot be read by either.
    const settled = found.map((each) => Promise.resolve(each).catch(() => undefined));
    return Promise.all(settled).then((connections) => toText(names, connections));
  };
}

type Found = readonly (OpenConnection | undefined)[];

function toText(names: readonly string[], found: Found): string {
  return JSON.stringify(names.map((name, at) => [name, found[at]?.revision ?? 0]));
}

function isComing(found: unknown): boolean {
  return found instanceof Promise;
}

function connectionOf({ source }: Datasource): readonly string[] {
  return source.case === "sql" || source.case === "http" || source.case === "grpc" ? [source.value.connection] : [];
}
