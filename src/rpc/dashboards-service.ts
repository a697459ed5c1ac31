import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { ServiceImpl } from "@connectrpc/connect";
import {
  type DashboardsService,
  GetDefinitionResponseSchema,
  RenderResponseSchema,
  SaveDefinitionRequestSchema,
  SaveDefinitionResponseSchema,
  ShareRequestSchema,
} from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import { definitionDigest, definitionToJson, parseStoredDefinition } from "../definition/canonical.ts";
import type { Store } from "../store/store.ts";
import { callerOf, idempotencyKeyOf } from "./call.ts";
import { type Definitions, notFound } from "./definitions.ts";
import { fingerprintOf } from "./idempotency.ts";
import type { DashboardRendering } from "./render.ts";
import { toDefinition } from "./save-definition.ts";
import type { Sharing } from "./share.ts";

/** What the methods need. */
export type DashboardsServiceOptions = {
  readonly store: Pick<Store, "once" | "getVersion">;
  readonly definitions: Definitions;
  readonly rendering: DashboardRendering;
  readonly sharing: Sharing;
  readonly now: () => number;
};

/** Creates the one implementation that every protocol calls. */
export function createDashboardsService(options: DashboardsServiceOptions): ServiceImpl<typeof DashboardsService> {
  const { store, definitions, rendering, sharing, now } = options;
  return {
    async render(request, context) {
      const { tenant } = callerOf(context.values);
      const loaded = await definitions.load(tenant, request.dashboardId, request.version);
      const rendered = await rendering.render(tenant, loaded, request);
      return create(RenderResponseSchema, {
        html: rendered.html,
        ttlS: Math.max(0, Math.ceil((rendered.freshUntilMs - now()) / 1000)),
        version: loaded.version,
        partial: rendered.partial,
        panels: rendered.panels.map(({ id, asOfMs, stale, error }) => ({
          id,
          stale,
          error,
          ...(asOfMs !== undefined && { asOf: timestampFromMs(asOfMs) }),
        })),
      });
    },

    async share(request, context) {
      const { tenant, subject } = callerOf(context.values);
      const call = {
        tenant,
        method: "Share",
        key: idempotencyKeyOf(context.values),
        fingerprint: fingerprintOf(ShareRequestSchema, request),
      };
      return sharing.share(call, subject, request);
    },

    async saveDefinition(request, context) {
      const { tenant, subject } = callerOf(context.values);
      const json = definitionToJson(toDefinition(request));
      const call = {
        tenant,
        method: "SaveDefinition",
        key: idempotencyKeyOf(context.values),
        fingerprint: fingerprintOf(SaveDefinitionRequestSchema, request),
      };
      const bytes = await store.once(call, async (tx) => {
        const { version } = await tx.saveDefinition({
          dashboardId: request.dashboardId,
          json,
          digest: definitionDigest(json),
          title: request.layout!.title,
          author: subject,
          expectedVersion: request.expectedVersion,
        });
        const answer = { dashboardId: request.dashboardId, status: "active", version };
        return toBinary(SaveDefinitionResponseSchema, create(SaveDefinitionResponseSchema, answer));
      });
      const answer = fromBinary(SaveDefinitionResponseSchema, bytes);
      definitions.activated(tenant, answer.dashboardId, answer.version);
      return answer;
    },

    async getDefinition(request, context) {
      const { tenant } = callerOf(context.values);
      const stored = await store.getVersion(tenant, request.dashboardId, request.version);
      if (stored === undefined) throw notFound();
      return create(GetDefinitionResponseSchema, {
        definition: parseStoredDefinition(stored.json),
        status: stored.active ? "active" : "superseded",
        version: stored.version,
        digest: stored.digest,
        createTime: timestampFromMs(stored.createTimeMs),
        author: stored.author,
      });
    },
  };
}
