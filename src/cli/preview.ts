import type { RenderResponse } from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import { ask } from "./ask.ts";
import { CliError } from "./cli-error.ts";
import { sortProblems } from "./problem-report.ts";
import { type DefinitionFile, type LocatedProblem, readDefinitionFile } from "./read-definition.ts";
import { readFilters } from "./read-filters.ts";
import type { RenderOptions } from "./render.ts";
import type { Service } from "./service.ts";

/** What a file shows. */
export type Preview = {
  readonly file: DefinitionFile;
  readonly title: string;
  /** What is wrong with it, in the order of its lines. Where there is anything, nothing is rendered. */
  readonly problems: readonly LocatedProblem[];
  readonly rendered: RenderResponse | undefined;
};

/** Renders the definition in a file, which need not be saved. Throws an error for whoever runs the command. */
export async function previewFile({ client }: Service, options: RenderOptions, path: string): Promise<Preview> {
  const values = readFilters(options.filter);
  const file = (await readDefinitionFile({ path, isNamed: true }))!;
  const { definition, dashboardId } = file;
  const title = definition?.layout?.title || dashboardId || path;
  if (definition === undefined || file.problems.length > 0) {
    return { file, title, problems: sortProblems(file.problems), rendered: undefined };
  }
  const { layout, datasources, filters } = definition;
  const { theme = "", locale = "", timezone = "" } = options;
  const request = { dashboardId, datasources, filters, values, theme, locale, timezone, ...(layout && { layout }) };
  try {
    const { problems, rendered } = await ask(() => client.previewDefinition(request));
    return { file, title, problems: sortProblems(file.locate(problems)), rendered };
  } catch (error) {
    // What a field may hold by itself is checked before the method is asked.
    if (!(error instanceof CliError) || error.reason !== "INVALID_REQUEST" || error.details.length === 0) throw error;
    return { file, title, problems: sortProblems(file.locate(error.details)), rendered: undefined };
  }
}
