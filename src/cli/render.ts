import { usageError } from "./cli-error.ts";
import { type ExitCode, exitCodes } from "./exit-code.ts";
import { isDefinitionName } from "./find-files.ts";
import { drawPage } from "./page.ts";
import { type Preview, previewFile } from "./preview.ts";
import { problemToJson, sayProblems } from "./problem-report.ts";
import { renderSaved } from "./render-saved.ts";
import type { Tools } from "./tools.ts";
import { writeWhole } from "./write-file.ts";

/** How a dashboard is rendered. */
export type RenderOptions = {
  readonly filter?: readonly string[];
  readonly format: "html" | "png" | "csv" | "json";
  /** The panel whose rows or picture are wanted. */
  readonly panel?: string;
  readonly version?: number | undefined;
  readonly theme?: string;
  readonly locale?: string;
  readonly timezone?: string;
  /** Where it is written; standard output when undefined. */
  readonly out?: string;
  /** Whether HTML is the bare fragment, and no page around it. */
  readonly fragment?: boolean;
  readonly watch?: boolean;
  /** Where the page is served while a file is watched. */
  readonly port: number;
};

/** Renders a saved dashboard, or the definition in a file. */
export async function render(tools: Tools, options: RenderOptions, target: string): Promise<ExitCode> {
  const isFile = isDefinitionName(target);
  checkOptions(options, isFile, tools);
  if (options.watch === true) {
    const { watch } = await import("./watch.ts");
    return watch(tools, options, target);
  }
  if (!isFile) return deliver(tools, options, await renderSaved(tools, options, target));
  const preview = await previewFile(await tools.connect(), options, target);
  if (preview.rendered === undefined) return tellProblems(tools, preview);
  const { html, assets } = preview.rendered;
  const content = options.fragment === true ? html : drawPage({ title: preview.title, html, assets });
  return deliver(tools, options, content);
}

function checkOptions(
  { format, fragment, panel, version, watch, out }: RenderOptions,
  isFile: boolean,
  { terminal }: Tools,
) {
  if (watch === true && !isFile) throw usageError("--watch goes with a file: name a .yaml, .yml or .json");
  if (watch === true && out !== undefined) throw usageError("--watch serves a page: leave --out away");
  if (isFile && format !== "html")
    throw usageError(`only what is saved is rendered to ${format}: push it, and give its id`);
  if (isFile && version !== undefined) throw usageError("--version goes with a dashboard's id: a file has none");
  if (format === "html" && panel !== undefined) throw usageError("--panel goes with --format png, csv or json");
  if (format !== "html" && fragment === true) throw usageError("--fragment goes with HTML");
  if ((format === "csv" || format === "json") && panel === undefined) {
    throw usageError(`--format ${format} takes the rows of one panel: give --panel`);
  }
  if (format === "png" && out === undefined && terminal.showsResults) {
    throw usageError("a picture is no text for a terminal: give --out page.png");
  }
}

async function deliver({ terminal }: Tools, { out }: RenderOptions, content: string | Uint8Array): Promise<ExitCode> {
  if (out === undefined) await terminal.write(content);
  else {
    await writeWhole(out, content);
    terminal.result({ file: out, bytes: Buffer.byteLength(content) }, out);
  }
  return exitCodes.done;
}

function tellProblems({ terminal }: Tools, { file, problems }: Preview): ExitCode {
  terminal.result({ file: file.path, problems: problems.map(problemToJson) }, "");
  sayProblems(file, problems, terminal);
  return exitCodes.found;
}
