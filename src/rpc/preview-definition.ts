import type { ServiceImpl } from "@connectrpc/connect";
import {
  type DashboardsService,
  PreviewDefinitionRequestSchema,
} from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import { resolveFilters } from "../definition/filters.ts";
import { type FieldProblem, fault } from "../errors/fault.ts";
import { callerOf } from "./call.ts";
import { toLoaded } from "./definitions.ts";
import { settlePresentation } from "./presentation.ts";
import type { DashboardRendering } from "./render.ts";
import type { RenderAnswers } from "./render-answers.ts";
import { toDefinition } from "./save-definition.ts";
import type { FieldCheck } from "./validate.ts";

/** What previews need. */
export type PreviewMethodOptions = {
  readonly rendering: Pick<DashboardRendering, "renderUnsaved">;
  readonly answers: Pick<RenderAnswers, "answerOf">;
  /** Finds all that is wrong with a request, as for ValidateDefinition. */
  readonly findProblems: FieldCheck;
  readonly now: () => number;
};

/** No version has this number: what is rendered under it was never saved. */
const unsaved = 0;

/** How a definition is shown, beside what it is. */
const howShown = /^(values|theme|locale|timezone)\b/;

/**
 * Creates the method that renders a definition as it is sent. What a save would refuse is its answer; what Render would
 * refuse, such as a value that does not fit, is an error.
 */
export function createPreviewMethod({
  rendering,
  answers,
  findProblems,
  now,
}: PreviewMethodOptions): Pick<ServiceImpl<typeof DashboardsService>, "previewDefinition"> {
  return {
    async previewDefinition(request, context) {
      const problems = findProblems(PreviewDefinitionRequestSchema, request);
      refuse(problems.filter(({ field }) => howShown.test(field)));
      if (problems.length > 0) return { problems: problems.map(({ field, description }) => ({ field, description })) };
      const { tenant } = callerOf(context.values);
      const { values, theme, locale, timezone } = request;
      const wanted = { filters: values, theme, locale, timezone, hydrate: "" };
      const loaded = toLoaded(toDefinition(request), unsaved);
      // Once more by the name that values have here: the definition has `filters` of its own.
      const settled = settlePresentation(wanted, loaded.definition.layout!);
      resolveFilters(loaded.filters, values, { nowMs: now(), timezone: settled.timezone, roundS: 1 }, "values");
      const rendered = await rendering.renderUnsaved(tenant, loaded, { ...wanted, signal: context.signal });
      return { rendered: answers.answerOf(rendered, unsaved) };
    },
  };
}

function refuse(details: readonly FieldProblem[]): void {
  if (details.length === 0) return;
  throw fault("INVALID_REQUEST", "the definition cannot be shown that way: see details", { details });
}
