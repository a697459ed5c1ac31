import type { Scope } from "../auth/scopes.ts";

/** What a method asks of its caller before its body is read. */
export type MethodPolicy = {
  /** The scope that the token must hold. */
  readonly scope: Scope;
  /** Bytes of the largest body. */
  readonly maxBodyBytes: number;
};

const kib = 1024;

/**
 * The policy of each method of DashboardsService, by name. The limits of bodies are those of the
 * largest sensible request: a definition with inline rows, filters with long lists, and a handful of
 * fields for the rest.
 */
export const policies: Readonly<Record<string, MethodPolicy>> = {
  Render: { scope: "dashboards:render", maxBodyBytes: 256 * kib },
  Share: { scope: "dashboards:share", maxBodyBytes: 16 * kib },
  SaveDefinition: { scope: "dashboards:publish", maxBodyBytes: 1024 * kib },
  GetDefinition: { scope: "dashboards:render", maxBodyBytes: 16 * kib },
  ValidateDefinition: { scope: "dashboards:publish", maxBodyBytes: 1024 * kib },
  ListDefinitions: { scope: "dashboards:render", maxBodyBytes: 16 * kib },
  ListVersions: { scope: "dashboards:render", maxBodyBytes: 16 * kib },
  PublishDefinition: { scope: "dashboards:publish", maxBodyBytes: 16 * kib },
  RestoreDefinition: { scope: "dashboards:publish", maxBodyBytes: 16 * kib },
  ArchiveDefinition: { scope: "dashboards:publish", maxBodyBytes: 16 * kib },
  ListShares: { scope: "dashboards:share", maxBodyBytes: 16 * kib },
  RevokeShare: { scope: "dashboards:share", maxBodyBytes: 16 * kib },
};
