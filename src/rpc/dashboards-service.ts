import type { ContextValues, ServiceImpl } from "@connectrpc/connect";
import {
  type DashboardsService,
  type RenderRequest,
  type RenderResponse,
  ValidateDefinitionRequestSchema,
} from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import { callerOf } from "./call.ts";
import { createDefinitionMethods, type DefinitionMethodsOptions } from "./definition-methods.ts";
import { createExportMethod, type ExportMethodOptions } from "./export-method.ts";
import { createListMethods, type ListMethodsOptions } from "./list-methods.ts";
import { createPreviewMethod } from "./preview-definition.ts";
import type { DashboardRendering } from "./render.ts";
import type { RenderAnswers } from "./render-answers.ts";
import { findCrossFieldProblems } from "./save-definition.ts";
import { createShareMethods, refuseUnheld, type ShareMethodsOptions } from "./share-methods.ts";
import { isPrompt } from "./suspension.ts";
import { createProblemSearch, type FieldCheck } from "./validate.ts";

/** What the methods need. */
export type DashboardsServiceOptions = Omit<DefinitionMethodsOptions, "findProblems"> &
  ListMethodsOptions &
  ExportMethodOptions &
  ShareMethodsOptions & {
    readonly rendering: DashboardRendering;
    readonly answers: Pick<RenderAnswers, "answerOf">;
    readonly fieldCheck: FieldCheck;
  };

/** Answers a valid request to render with what is kept, as the method would; undefined where that has to be asked. */
export type RenderAtHand = (request: RenderRequest, values: ContextValues) => RenderResponse | undefined;

/** Creates the answers at hand, for calls whose bodies came promptly: of others suspension is asked about anew. */
export function createRenderAtHand({
  definitions,
  rendering,
  answers,
  elapsedMs,
}: Pick<DashboardsServiceOptions, "definitions" | "rendering" | "answers"> & {
  readonly elapsedMs: () => number;
}): RenderAtHand {
  return (request, values) => {
    const caller = callerOf(values);
    if (!isPrompt(caller, elapsedMs)) return undefined;
    const { tenant, held } = caller;
    const loaded = definitions.atHand(tenant, request.dashboardId, request.version);
    // What is remembered of a caller that is held was let through when it was first asked for.
    const rendered = loaded && rendering.atHand(tenant, loaded, { ...request, held, message: request });
    return rendered && answers.answerOf(rendered, loaded.version);
  };
}

/** Creates the one implementation that every protocol calls. */
export function createDashboardsService(options: DashboardsServiceOptions): ServiceImpl<typeof DashboardsService> {
  const { definitions, rendering, answers, fieldCheck } = options;
  const findProblems = createProblemSearch(fieldCheck, findCrossFieldProblems);
  return {
    async render(request, context) {
      const { tenant, held } = callerOf(context.values);
      const loaded = await definitions.load(tenant, request.dashboardId, request.version);
      refuseUnheld(loaded, held);
      const wanted = {
        ...request,
        held,
        message: request,
        // Made only where somebody waits for a source.
        get signal() {
          return context.signal;
        },
      };
      const rendered = await rendering.render(tenant, loaded, wanted);
      return answers.answerOf(rendered, loaded.version);
    },

    async validateDefinition(request) {
      const problems = findProblems(ValidateDefinitionRequestSchema, request);
      return { problems: problems.map(({ field, description }) => ({ field, description })) };
    },

    ...createPreviewMethod({ rendering, answers, findProblems, now: options.now }),
    ...createDefinitionMethods({ ...options, findProblems }),
    ...createExportMethod(options),
    ...createListMethods(options),
    ...createShareMethods(options),
  };
}
