import { create } from "@bufbuild/protobuf";
import { ValidateDefinitionRequestSchema } from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import type { Definition } from "../../gen/datajetty/dashboards/v1/definition_pb.js";
import type { FieldProblem } from "../errors/fault.ts";
import { ask } from "./ask.ts";
import { type ExitCode, exitCodes } from "./exit-code.ts";
import { problemToJson, problemToLine, sortProblems } from "./problem-report.ts";
import type { DefinitionFile } from "./read-definition.ts";
import { readDefinitions } from "./read-definitions.ts";
import type { Tools } from "./tools.ts";

/** Finds what a save would be refused for. */
type Check = (definition: Definition) => Promise<readonly FieldProblem[]> | readonly FieldProblem[];

/** Prints every problem of the definitions in files and folders, with its place; `found` where there is any. */
export async function validate(
  tools: Tools,
  { offline }: { readonly offline?: boolean },
  paths: readonly string[],
): Promise<ExitCode> {
  const { terminal } = tools;
  const files = await readDefinitions(paths, terminal);
  const check = offline === true ? await createOfflineCheck() : await createServiceCheck(tools);
  let wrong = 0;
  let count = 0;
  for (const file of files) {
    const problems = sortProblems([...file.problems, ...(await checkFile(file, check))]);
    const { path, dashboardId } = file;
    terminal.result(
      { file: path, dashboard_id: dashboardId, problems: problems.map(problemToJson) },
      problems.map((problem) => problemToLine(file, problem, terminal)).join("\n"),
    );
    count += problems.length;
    if (problems.length > 0) wrong += 1;
  }
  terminal.say(summarize(files.length, wrong, count));
  return count > 0 ? exitCodes.found : exitCodes.done;
}

async function checkFile({ definition, locate }: DefinitionFile, check: Check) {
  return definition === undefined ? [] : locate(await check(definition));
}

async function createServiceCheck({ connect }: Tools): Promise<Check> {
  const { client } = await connect();
  return async ({ dashboardId, layout, datasources, filters }) => {
    const request = create(ValidateDefinitionRequestSchema, { dashboardId, layout, datasources, filters });
    return (await ask(() => client.validateDefinition(request))).problems;
  };
}

/** By the checks of the service, without one: those of this release. */
async function createOfflineCheck(): Promise<Check> {
  const { createFieldCheck, createProblemSearch } = await import("../rpc/validate.ts");
  const { findCrossFieldProblems } = await import("../rpc/save-definition.ts");
  const findProblems = createProblemSearch(createFieldCheck(), findCrossFieldProblems);
  return ({ dashboardId, layout, datasources, filters }) => {
    const request = create(ValidateDefinitionRequestSchema, { dashboardId, layout, datasources, filters });
    return findProblems(ValidateDefinitionRequestSchema, request);
  };
}

function summarize(files: number, wrong: number, problems: number): string {
  const all = files === 1 ? "1 definition" : `${files} definitions`;
  if (problems === 0) return `${all}: no problems`;
  return `${problems === 1 ? "1 problem" : `${problems} problems`} in ${wrong} of ${all}`;
}
