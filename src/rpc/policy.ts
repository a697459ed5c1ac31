import type { Scope } from "../auth/scopes.ts";

/** What a method asks of its caller before its body is read. */
export type MethodPolicy = {
  /** The scope that the token must hold. */
  readonly scope: Scope;
  /** Bytes of the largest body. */
  readonly maxBodyBytes: number;
  /** Whether it keeps a caller within the filters that the token holds it to; any other refuses such a token. */
  readonly holds?: true;
};

const kib = 1024;

/**
 * The policy of each method, by its name, which no two services share. The limits of bodies are those of the
 * largest sensible request: a definition with inline rows, filters with long lists, headers that hold long
 * tokens, a query, and a handful of fields for the rest.
 */
export const policies: Readonly<Record<string, MethodPolicy>> = {
  Render: { scope: "dashboards:render", maxBodyBytes: 256 * kib, holds: true },
  Export: { scope: "dashboards:render", maxBodyBytes: 256 * kib, holds: true },
  Share: { scope: "dashboards:share", maxBodyBytes: 16 * kib, holds: true },
  SaveDefinition: { scope: "dashboards:publish", maxBodyBytes: 1024 * kib },
  GetDefinition: { scope: "dashboards:render", maxBodyBytes: 16 * kib },
  ValidateDefinition: { scope: "dashboards:publish", maxBodyBytes: 1024 * kib },
  // Whoever may say what is queried may publish it.
  PreviewDefinition: { scope: "dashboards:publish", maxBodyBytes: 1024 * kib },
  // Ids and titles are no data.
  ListDefinitions: { scope: "dashboards:render", maxBodyBytes: 16 * kib, holds: true },
  ListVersions: { scope: "dashboards:render", maxBodyBytes: 16 * kib },
  PublishDefinition: { scope: "dashboards:publish", maxBodyBytes: 16 * kib },
  RestoreDefinition: { scope: "dashboards:publish", maxBodyBytes: 16 * kib },
  ArchiveDefinition: { scope: "dashboards:publish", maxBodyBytes: 16 * kib },
  ListShares: { scope: "dashboards:share", maxBodyBytes: 16 * kib },
  RevokeShare: { scope: "dashboards:share", maxBodyBytes: 16 * kib },
  ListConnections: { scope: "connections:write", maxBodyBytes: 16 * kib },
  SaveConnection: { scope: "connections:write", maxBodyBytes: 256 * kib },
  DeleteConnection: { scope: "connections:write", maxBodyBytes: 16 * kib },
  TestConnection: { scope: "connections:write", maxBodyBytes: 128 * kib },
};
