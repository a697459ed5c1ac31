import type { Datasource } from "../../gen/datajetty/dashboards/v1/datasource_pb.js";
import type { FindConnection } from "./read-connection.ts";

/** Returns what `SourceRunner.revisions` promises; the same text for all datasources without connections. */
export async function readRevisions(
  tenant: string,
  datasources: readonly Datasource[],
  findConnection: FindConnection,
): Promise<string> {
  const names = [...new Set(datasources.flatMap(connectionOf))];
  const revisions = await Promise.all(
    // One that cannot be looked up cannot be read by either.
    names.map(async (name) => (await findConnection(tenant, name).catch(() => undefined))?.revision ?? 0),
  );
  return JSON.stringify(names.map((name, at) => [name, revisions[at]]));
}

function connectionOf({ source }: Datasource): readonly string[] {
  return source.case === "sql" || source.case === "http" || source.case === "grpc" ? [source.value.connection] : [];
}
