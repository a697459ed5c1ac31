import type { ConnectionKind } from "../../src/definition/connection-settings.ts";
import type { Frame } from "../../src/frame/frame.ts";
import { type ConnectionGuardOptions, createConnectionGuard } from "../../src/source/connection-guard.ts";
import type { Connector, OpenConnection, ReadBounds } from "../../src/source/connector.ts";
import type { Connectors } from "../../src/source/connectors.ts";
import type { FindConnection } from "../../src/source/read-connection.ts";

/** Limits of a guard that no test reaches unless it means to. */
export const guardLimits: ConnectionGuardOptions = {
  ...{ perConnection: 8, perTenant: 16, total: 64, maxWaiting: 100 },
  ...{ failures: 5, restMs: 10_000 },
};

/** What a connector was asked. */
export type Asked = {
  readonly connection: OpenConnection;
  readonly question: { readonly binding: Readonly<Record<string, unknown>> };
  readonly bounds: ReadBounds;
};

/** Connectors of every kind that answer as told and remember what they were asked. */
export function scriptConnectors(answer: (asked: Asked) => Promise<Frame>) {
  const asked: Asked[] = [];
  const probed: OpenConnection[] = [];
  let closed = 0;
  const connector = <Case extends ConnectionKind["case"], Question>(): Connector<Case, Question> => ({
    read(connection, question, bounds) {
      const each = { connection: anyKind(connection), question: question as Asked["question"], bounds };
      asked.push(each);
      return answer(each);
    },
    async probe(connection, bounds) {
      probed.push(anyKind(connection));
      const whole = { timezone: "UTC", maxRows: 0, maxBytes: 0, ...bounds };
      await answer({ connection: anyKind(connection), question: { binding: {} }, bounds: whole });
    },
    async close() {
      closed += 1;
    },
  });
  const connectors: Connectors = {
    postgres: connector(),
    clickhouse: connector(),
    http: connector(),
    grpc: connector(),
  };
  return { connectors, asked, probed, closed: () => closed };
}

function anyKind<Case extends ConnectionKind["case"]>(connection: OpenConnection<Case>): OpenConnection {
  return connection as unknown as OpenConnection;
}

/** A runner's parts for tests without connections. */
export const noConnections = {
  findConnection: (async () => undefined) satisfies FindConnection,
  guard: createConnectionGuard(guardLimits),
  connectors: scriptConnectors(() => Promise.reject(new Error("there are no connections"))).connectors,
};
