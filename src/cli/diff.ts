import { createTwoFilesPatch } from "diff";
import type { GetDefinitionResponse } from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import { definitionToYaml } from "../definition/file-text.ts";
import { type ExitCode, exitCodes, worst } from "./exit-code.ts";
import { problemToJson, sayProblems } from "./problem-report.ts";
import { type DefinitionFile, digestOf } from "./read-definition.ts";
import { readDefinitions } from "./read-definitions.ts";
import { describeSaved, readSaved } from "./saved.ts";
import type { Terminal } from "./terminal.ts";
import type { Tools } from "./tools.ts";

/**
 * Prints what a push would change, as a unified diff of the YAML that both sides have when they are written alike;
 * `found` where there is anything. Comments and the order of fields are not compared: they are not saved.
 */
export async function diff(
  { terminal, connect }: Tools,
  { draft = false }: { readonly draft?: boolean },
  paths: readonly string[],
): Promise<ExitCode> {
  const files = await readDefinitions(paths, terminal);
  const service = await connect();
  const codes: ExitCode[] = [];
  for (const file of files) {
    const { path, dashboardId, definition, problems } = file;
    if (definition === undefined || problems.length > 0) {
      const json = { file: path, dashboard_id: dashboardId, status: "invalid", problems: problems.map(problemToJson) };
      terminal.result(json, "");
      sayProblems(file, problems, terminal);
      codes.push(exitCodes.found);
      continue;
    }
    const saved = await readSaved(service, dashboardId, draft);
    const isEqual = saved?.digest === digestOf(definition);
    const status = isEqual ? "unchanged" : saved === undefined ? "new" : "changed";
    const patch = isEqual ? "" : makePatch(file, saved);
    terminal.result({ file: path, dashboard_id: dashboardId, status, diff: patch }, paintPatch(patch, terminal));
    codes.push(isEqual ? exitCodes.done : exitCodes.found);
  }
  return worst(codes);
}

function makePatch({ path, dashboardId, definition }: DefinitionFile, saved: GetDefinitionResponse | undefined) {
  const from = saved === undefined ? "/dev/null" : `${dashboardId} (${describeSaved(saved)})`;
  const before = saved?.definition === undefined ? "" : definitionToYaml(saved.definition);
  const patch = createTwoFilesPatch(from, path, before, definitionToYaml(definition!), undefined, undefined, {
    context: 3,
  });
  return patch.replace(/^=+\n/, "").trimEnd();
}

function paintPatch(patch: string, { paint }: Terminal): string {
  if (patch === "") return patch;
  const lines = patch.split("\n");
  return lines
    .map((line, at) => {
      if (at < 2) return paint("bold", line);
      if (line.startsWith("@@")) return paint("cyan", line);
      if (line.startsWith("+")) return paint("green", line);
      return line.startsWith("-") ? paint("red", line) : line;
    })
    .join("\n");
}
