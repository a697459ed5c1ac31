import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { ServiceImpl } from "@connectrpc/connect";
import type { DashboardsService } from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import type { Store } from "../store/store.ts";
import { callerOf } from "./call.ts";
import { notFound } from "./definitions.ts";
import type { PageTokens } from "./page-token.ts";
import { readPage } from "./paging.ts";
import { filtersFromJson } from "./share-filters.ts";

type Methods = Pick<ServiceImpl<typeof DashboardsService>, "listDefinitions" | "listVersions" | "listShares">;

/** What the methods need. */
export type ListMethodsOptions = {
  readonly store: Pick<Store, "listDefinitions" | "listVersions" | "listShares">;
  readonly pageTokens: PageTokens;
};

/** Creates the methods that list. */
export function createListMethods({ store, pageTokens }: ListMethodsOptions): Methods {
  return {
    async listDefinitions(request, context) {
      const { tenant } = callerOf(context.values);
      const { prefix } = request;
      const status = request.status === "" ? undefined : (request.status as "active" | "draft" | "archived");
      const { rows, nextPageToken } = await readPage(
        pageTokens,
        { tenant, method: "ListDefinitions", narrowing: [request.status, prefix] },
        request,
        (after: readonly [string] | undefined, limit) =>
          store.listDefinitions(tenant, { status, prefix, after: after?.[0], limit }),
        ({ dashboardId }) => [dashboardId] as const,
      );
      const definitions = rows.map(({ updateTimeMs, ...row }) => ({
        ...row,
        updateTime: timestampFromMs(updateTimeMs),
      }));
      return { definitions, nextPageToken };
    },

    async listVersions(request, context) {
      const { tenant } = callerOf(context.values);
      const { dashboardId } = request;
      const { rows, nextPageToken } = await readPage(
        pageTokens,
        { tenant, method: "ListVersions", narrowing: [dashboardId] },
        request,
        (before: readonly [number] | undefined, limit) =>
          store.listVersions(tenant, dashboardId, { before: before?.[0], limit }),
        ({ version }) => [version] as const,
      );
      // Versions are never removed, so that a page is empty only where there is no dashboard.
      if (rows.length === 0) throw notFound();
      const versions = rows.map(({ createTimeMs, ...row }) => ({ ...row, createTime: timestampFromMs(createTimeMs) }));
      return { versions, nextPageToken };
    },

    async listShares(request, context) {
      const { tenant } = callerOf(context.values);
      const { dashboardId } = request;
      const { rows, nextPageToken } = await readPage(
        pageTokens,
        { tenant, method: "ListShares", narrowing: [dashboardId] },
        request,
        (after: readonly [string, string] | undefined, limit) =>
          store.listShares(tenant, {
            dashboardId: dashboardId === "" ? undefined : dashboardId,
            after: after && { createTimeKey: after[0], shareId: after[1] },
            limit,
          }),
        ({ createTimeKey, shareId }) => [createTimeKey, shareId] as const,
      );
      const shares = rows.map((row) => ({
        shareId: row.shareId,
        dashboardId: row.dashboardId,
        ...(row.version !== undefined && { version: row.version }),
        filters: filtersFromJson(row.filtersJson),
        viewerFilters: [...row.viewerFilters],
        frameAncestors: [...row.frameAncestors],
        createTime: timestampFromMs(row.createTimeMs),
        expiresAt: timestampFromMs(row.expiresAtMs),
        creator: row.createdBy,
        opens: row.opens,
        snapshot: row.snapshot,
        ...(row.lastOpenedAtMs !== undefined && { lastOpenedAt: timestampFromMs(row.lastOpenedAtMs) }),
      }));
      return { shares, nextPageToken };
    },
  };
}
