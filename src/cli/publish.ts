import { toJson } from "@bufbuild/protobuf";
import {
  type PublishDefinitionResponse,
  PublishDefinitionResponseSchema,
  type PublishPlan,
} from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import { ask } from "./ask.ts";
import { type ExitCode, exitCodes } from "./exit-code.ts";
import type { Terminal } from "./terminal.ts";
import type { Tools } from "./tools.ts";

/** How a draft is published. */
export type PublishOptions = {
  /** Whether nothing happens, and it is told what would. */
  readonly dryRun: boolean;
  readonly note: string;
  readonly ifVersion: number | undefined;
  readonly ifRevision: number | undefined;
};

/** Publishes a dashboard's draft, or prints what that would change; `found` where the draft could not be published. */
export async function publish(
  { terminal, connect }: Tools,
  { dryRun, note, ifVersion, ifRevision }: PublishOptions,
  dashboardId: string,
): Promise<ExitCode> {
  const { client } = await connect();
  const answer = await ask(() =>
    client.publishDefinition({
      dashboardId,
      dryRun,
      note,
      ...(ifVersion !== undefined && { expectedVersion: ifVersion }),
      ...(ifRevision !== undefined && { expectedRevision: ifRevision }),
    }),
  );
  const json = toJson(PublishDefinitionResponseSchema, answer, { useProtoFieldName: true, alwaysEmitImplicit: true });
  terminal.result(json, answer.plan === undefined ? describeDone(answer) : describePlan(answer, answer.plan, terminal));
  return (answer.plan?.problems.length ?? 0) > 0 ? exitCodes.found : exitCodes.done;
}

function describeDone({ dashboardId, version }: PublishDefinitionResponse): string {
  return `${dashboardId}: version ${version} is active`;
}

const signs = { added: ["+", "green"], changed: ["~", "yellow"], moved: [">", "cyan"], removed: ["-", "red"] } as const;

function describePlan(
  { dashboardId, version }: PublishDefinitionResponse,
  plan: PublishPlan,
  { paint }: Terminal,
): string {
  const panels = plan.panels.map(({ id, title, change, fields }) => {
    const [sign, style] = signs[change as keyof typeof signs] ?? ["?", "dim"];
    const what = fields.length > 0 ? `: ${fields.join(", ")}` : "";
    return `  ${paint(style, `${sign} ${change}`)} ${id}${title === "" ? "" : ` (${title})`}${what}`;
  });
  const links = plan.links.map(({ shareId, outcome, filters }) => {
    const why = filters.length > 0 ? `, because of ${filters.join(", ")}` : "";
    return `  ${outcome === "broken" ? paint("red", outcome) : outcome} ${shareId}${why}`;
  });
  const conditions = `--if-version ${plan.expectedVersion} --if-revision ${plan.expectedRevision}`;
  return [
    `${dashboardId}: would become version ${version}`,
    ...section("panels", panels, "none would change"),
    ...section(
      "besides",
      plan.otherChanges.map((path) => `  ${path}`),
    ),
    ...section(
      "filters that do not reach panels",
      plan.unboundFilters.map(({ name, panels: ids }) => `  ${paint("yellow", name)}: ${ids.join(", ")}`),
    ),
    ...section("links that follow the active version", links),
    ...section(
      "problems that refuse it",
      plan.problems.map(({ field, description }) => `  ${paint("red", field)}: ${description}`),
    ),
    `to publish exactly this: dashboards publish ${dashboardId} ${conditions}`,
  ].join("\n");
}

function section(title: string, lines: readonly string[], none?: string): readonly string[] {
  if (lines.length > 0) return [`${title}:`, ...lines];
  return none === undefined ? [] : [`${title}: ${none}`];
}
