import type { ConnectionKind } from "../definition/connection-settings.ts";
import { type AllowedHost, createAddressResolver, httpPorts } from "../source/address.ts";
import type { Connector } from "../source/connector.ts";
import type { Connectors } from "../source/connectors.ts";

/**
 * Creates the connectors, which lead to what is public and to what is allowed. The code of each, its driver's above
 * all, is loaded by its first read: it is a seventh of all that a start would load, and many use one kind or none.
 */
export function createConnectors(allowed: readonly AllowedHost[]): Connectors {
  const resolve = createAddressResolver({ allowed });
  const resolveHttp = createAddressResolver({ allowed, ports: httpPorts });
  return {
    postgres: whenUsed(async () =>
      (await import("../source/postgres/connector.ts")).createPostgresConnector({ resolve }),
    ),
    clickhouse: whenUsed(async () =>
      (await import("../source/clickhouse/connector.ts")).createClickhouseConnector({ resolve }),
    ),
    http: whenUsed(async () =>
      (await import("../source/http/connector.ts")).createHttpConnector({ resolve: resolveHttp }),
    ),
    grpc: whenUsed(async () => (await import("../source/grpc/connector.ts")).createGrpcConnector({ resolve })),
  };
}

function whenUsed<Case extends ConnectionKind["case"], Question>(
  create: () => Promise<Connector<Case, Question>>,
): Connector<Case, Question> {
  let created: Promise<Connector<Case, Question>> | undefined;
  const connector = () => {
    created ??= create().catch((error) => {
      // Files may have run out. The next read tries again.
      created = undefined;
      throw error;
    });
    return created;
  };
  return {
    read: async (...given) => (await connector()).read(...given),
    probe: async (...given) => (await connector()).probe(...given),
    close: async () => (await created)?.close(),
  };
}
