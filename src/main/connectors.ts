import { type AllowedHost, createAddressResolver, httpPorts } from "../source/address.ts";
import { createClickhouseConnector } from "../source/clickhouse/connector.ts";
import type { Connectors } from "../source/connectors.ts";
import { createGrpcConnector } from "../source/grpc/connector.ts";
import { createHttpConnector } from "../source/http/connector.ts";
import { createPostgresConnector } from "../source/postgres/connector.ts";

/** Creates the connectors, which lead to what is public and to what is allowed. */
export function createConnectors(allowed: readonly AllowedHost[]): Connectors {
  const resolve = createAddressResolver({ allowed });
  return {
    postgres: createPostgresConnector({ resolve }),
    clickhouse: createClickhouseConnector({ resolve }),
    http: createHttpConnector({ resolve: createAddressResolver({ allowed, ports: httpPorts }) }),
    grpc: createGrpcConnector({ resolve }),
  };
}
