import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { ServiceImpl } from "@connectrpc/connect";
import {
  type DashboardsService,
  RenderResponseSchema,
  ValidateDefinitionRequestSchema,
} from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import type { PageAssets } from "../render/dashboard.ts";
import { callerOf } from "./call.ts";
import { createDefinitionMethods, type DefinitionMethodsOptions } from "./definition-methods.ts";
import { createListMethods, type ListMethodsOptions } from "./list-methods.ts";
import type { DashboardRendering } from "./render.ts";
import { findCrossFieldProblems } from "./save-definition.ts";
import { createShareMethods, refuseUnheld, type ShareMethodsOptions } from "./share-methods.ts";
import { createProblemSearch, type FieldCheck } from "./validate.ts";

/** What the methods need. */
export type DashboardsServiceOptions = DefinitionMethodsOptions &
  ListMethodsOptions &
  ShareMethodsOptions & {
    readonly rendering: DashboardRendering;
    readonly assets: Pick<PageAssets, "script" | "style">;
    readonly fieldCheck: FieldCheck;
  };

/** Creates the one implementation that every protocol calls. */
export function createDashboardsService(options: DashboardsServiceOptions): ServiceImpl<typeof DashboardsService> {
  const { definitions, rendering, assets, fieldCheck, now } = options;
  const findProblems = createProblemSearch(fieldCheck, findCrossFieldProblems);
  return {
    async render(request, context) {
      const { tenant, held } = callerOf(context.values);
      const loaded = await definitions.load(tenant, request.dashboardId, request.version);
      refuseUnheld(loaded, held);
      const rendered = await rendering.render(tenant, loaded, { ...request, held, signal: context.signal });
      return create(RenderResponseSchema, {
        html: rendered.html,
        digest: rendered.digest,
        assets: { script: assets.script, style: assets.style },
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

    async validateDefinition(request) {
      const problems = findProblems(ValidateDefinitionRequestSchema, request);
      return { problems: problems.map(({ field, description }) => ({ field, description })) };
    },

    ...createDefinitionMethods(options),
    ...createListMethods(options),
    ...createShareMethods(options),
  };
}
