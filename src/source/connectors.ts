import type { GrpcSource, HttpSource } from "../../gen/datajetty/dashboards/v1/datasource_pb.js";
import type { ConnectionKind } from "../definition/connection-settings.ts";
import type { Binding } from "../definition/filter-value.ts";
import type { Connector, OpenConnection } from "./connector.ts";
import type { SqlQuestion } from "./sql-question.ts";

/** What a web service is asked. */
export type HttpQuestion = { readonly source: HttpSource; readonly binding: Binding };

/** What a service that answers by gRPC is asked. */
export type GrpcQuestion = { readonly source: GrpcSource; readonly binding: Binding };

/** The connectors to systems elsewhere; files of the tenant's folder need none. */
export type Connectors = {
  readonly postgres: Connector<"postgres", SqlQuestion>;
  readonly clickhouse: Connector<"clickhouse", SqlQuestion>;
  readonly http: Connector<"http", HttpQuestion>;
  readonly grpc: Connector<"grpc", GrpcQuestion>;
};

/** Whether a connection is of that kind. */
export function isOfKind<Case extends ConnectionKind["case"]>(
  connection: OpenConnection,
  kind: Case,
): connection is OpenConnection & OpenConnection<Case> {
  return connection.kind.case === kind;
}
