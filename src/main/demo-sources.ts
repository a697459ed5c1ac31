import { join } from "node:path";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { startGrpcSource } from "../../demo/grpc-source.ts";
import { startHttpSource } from "../../demo/http-source.ts";
import type { SaveConnectionRequestSchema } from "../../gen/datajetty/dashboards/v1/connections_service_pb.js";
import type { DuckdbPool } from "../source/duckdb/pool.ts";
import type { EmbeddedServer } from "../store/embedded/database.ts";
import type { Companions } from "./companions.ts";
import { openDemoWarehouse } from "./demo-warehouse.ts";

/** The systems that the demo's dashboard of sources reads, and how the connections to them are saved. */
export type DemoSources = Companions & {
  /** Those with `expectedRevision` 0 leave alone what is there under their names. */
  readonly connections: readonly MessageInitShape<typeof SaveConnectionRequestSchema>[];
};

/** What they are made with. */
export type DemoSourcesPlan = {
  readonly server: EmbeddedServer;
  readonly duckdb: DuckdbPool;
  readonly tenant: string;
  readonly dataDir: string;
  readonly progress: (line: string) => void;
};

/**
 * Makes the warehouse, and starts a web service and a gRPC service on free ports of the loopback. Connections know
 * them by names that only this process resolves, and so stay right when the ports are others the next time.
 */
export async function openDemoSources({ server, dataDir, ...plan }: DemoSourcesPlan): Promise<DemoSources> {
  await using opened = new AsyncDisposableStack();
  const loopback = { host: "127.0.0.1", port: 0 };
  const http = await startHttpSource(loopback);
  opened.defer(http.close);
  const grpc = await startGrpcSource(loopback);
  opened.defer(grpc.close);
  const passwordFile = join(dataDir, "postgres", "demo-reader-password");
  const { database, user, password, isNew } = await openDemoWarehouse({ ...plan, server, passwordFile });
  const running = opened.move();
  return {
    allowedHosts: [
      { ...places.warehouse, leadsTo: { path: server.socket } },
      { ...places.airports, leadsTo: { host: loopback.host, port: http.port } },
      { ...places.wildlife, leadsTo: { host: loopback.host, port: grpc.port } },
    ],
    connections: [
      {
        name: "warehouse",
        description: "Flights by day and airport, in PostgreSQL",
        kind: { case: "postgres", value: { ...places.warehouse, database, user, tls: "off" } },
        secret: { password },
        ...(isNew ? {} : { expectedRevision: 0 }),
      },
      {
        name: "airports",
        description: "The directory of airports, a web service",
        kind: { case: "http", value: { url: `http://${places.airports.host}` } },
        expectedRevision: 0,
      },
      {
        name: "wildlife",
        description: "Reports of planes that hit birds, a gRPC service",
        kind: { case: "grpc", value: { ...places.wildlife, tls: "off" } },
        expectedRevision: 0,
      },
    ],
    close: () => running.disposeAsync(),
  };
}

const places = {
  warehouse: { host: "demo-warehouse", port: 5432 },
  airports: { host: "demo-airports", port: 80 },
  wildlife: { host: "demo-wildlife", port: 50_051 },
} as const;
