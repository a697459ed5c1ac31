import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { ServiceImpl } from "@connectrpc/connect";
import type { ConnectionSchema } from "../../gen/datajetty/dashboards/v1/connection_pb.js";
import {
  type ConnectionsService,
  DeleteConnectionRequestSchema,
  DeleteConnectionResponseSchema,
  SaveConnectionRequestSchema,
  SaveConnectionResponseSchema,
} from "../../gen/datajetty/dashboards/v1/connections_service_pb.js";
import { parseStoredSettings, settingsToJson } from "../definition/connection-settings.ts";
import { fault } from "../errors/fault.ts";
import type { Secrets } from "../secret/secrets.ts";
import type { OpenConnection } from "../source/connector.ts";
import type { ConnectionSummary } from "../store/connection-list.ts";
import { noSuchConnection } from "../store/connections.ts";
import type { Store } from "../store/store.ts";
import { callerOf } from "./call.ts";
import type { ConnectionLookup } from "./connections.ts";
import { answerOnce } from "./idempotency.ts";
import type { PageTokens } from "./page-token.ts";
import { readPage } from "./paging.ts";
import { checkKeptSecret, sealRequested } from "./save-connection.ts";

/** What the methods need. */
export type ConnectionsServiceOptions = {
  readonly store: Pick<Store, "once" | "listConnections">;
  readonly connections: Pick<ConnectionLookup, "findNow" | "changed">;
  readonly secrets: Pick<Secrets, "seal" | "mark" | "isMarkOf">;
  readonly pageTokens: PageTokens;
  /**
   * Reaches a connection, and runs a query by it if there is one. Returns what is wrong in words for whoever
   * runs it, without an address, a secret or data; empty where it works. Never rejects, and ends by itself.
   */
  readonly testConnection: (tenant: string, connection: OpenConnection, query: string) => Promise<string>;
  readonly elapsedMs: () => number;
};

/** Creates the one implementation that every protocol calls. What it answers has no place for a secret. */
export function createConnectionsService(options: ConnectionsServiceOptions): ServiceImpl<typeof ConnectionsService> {
  const { store, connections, secrets, pageTokens, testConnection, elapsedMs } = options;
  return {
    async listConnections(request, context) {
      const { tenant } = callerOf(context.values);
      const { rows, nextPageToken } = await readPage(
        pageTokens,
        { tenant, method: "ListConnections", narrowing: [] },
        request,
        (after: readonly [string] | undefined, limit) => store.listConnections(tenant, { after: after?.[0], limit }),
        ({ name }) => [name] as const,
      );
      return { connections: rows.map(toConnection), nextPageToken };
    },

    async saveConnection(request, context) {
      const { tenant, subject: author } = callerOf(context.values);
      const { name, kind, expectedRevision } = request;
      const secret = await sealRequested(request, { tenant, name }, secrets);
      const save = { name, kind: kind.case!, settingsJson: settingsToJson(request), secret, author, expectedRevision };
      const answer = await answerOnce(
        store,
        context,
        SaveConnectionRequestSchema,
        request,
        SaveConnectionResponseSchema,
        async (tx) => {
          const saved = await tx.saveConnection({ ...save, check: (current) => checkKeptSecret(request, current) });
          return { connection: toConnection({ ...saved, hasSecret: saved.secret !== undefined }) };
        },
        secrets,
      );
      connections.changed(tenant, name);
      return answer;
    },

    async deleteConnection(request, context) {
      const { tenant, subject } = callerOf(context.values);
      const { name } = request;
      const answer = await answerOnce(
        store,
        context,
        DeleteConnectionRequestSchema,
        request,
        DeleteConnectionResponseSchema,
        async (tx) => {
          await tx.deleteConnection(name, subject);
          return { name };
        },
      );
      connections.changed(tenant, name);
      return answer;
    },

    async testConnection({ name, query }, context) {
      const { tenant } = callerOf(context.values);
      const connection = await connections.findNow(tenant, name);
      if (connection === undefined) throw noSuchConnection();
      if (query !== "" && ["http", "grpc"].includes(connection.kind.case)) {
        const details = [{ field: "query", description: "goes with a connection that takes SQL" }];
        throw fault("INVALID_REQUEST", "this connection takes no SQL", { details });
      }
      const startedAtMs = elapsedMs();
      const problem = await testConnection(tenant, connection, query);
      return { ok: problem === "", problem, durationMs: Math.round(elapsedMs() - startedAtMs) };
    },
  };
}

function toConnection(stored: ConnectionSummary): MessageInitShape<typeof ConnectionSchema> {
  const { name, settingsJson, hasSecret, revision, updatedBy, createTimeMs, updateTimeMs } = stored;
  return {
    ...parseStoredSettings(settingsJson),
    name,
    hasSecret,
    revision,
    updatedBy,
    createTime: timestampFromMs(createTimeMs),
    updateTime: timestampFromMs(updateTimeMs),
  };
}
