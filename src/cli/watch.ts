import { watch as watchFolder } from "node:fs";
import { basename, dirname } from "node:path";
import { CliError, usageError } from "./cli-error.ts";
import { type ExitCode, exitCodes } from "./exit-code.ts";
import { drawFailure, drawLivePage, drawProblems } from "./live-page.ts";
import { startPageServer } from "./page-server.ts";
import { previewFile } from "./preview.ts";
import { sayProblems } from "./problem-report.ts";
import type { RenderOptions } from "./render.ts";
import type { Service } from "./service.ts";
import type { Terminal } from "./terminal.ts";
import type { Tools } from "./tools.ts";

/** Editors save in several steps; what changes within this long is one save. */
const settleMs = 80;

/** Serves a page on this machine that shows what a file renders to, anew on each save, until it is interrupted. */
export async function watch(tools: Tools, options: RenderOptions, path: string): Promise<ExitCode> {
  const { terminal } = tools;
  const service = await tools.connect();
  const ending = tools.untilInterrupted();
  const server = await startPageServer(options.port, await draw(service, options, path, terminal));
  terminal.result({ url: server.url, file: path }, server.url);
  terminal.say(`watching ${path}; Ctrl-C ends`);
  const show = inTurns(async () => server.show(await draw(service, options, path, terminal)));
  const stop = watchFile(path, show);
  await new Promise((resolve) => ending.addEventListener("abort", resolve, { once: true }));
  stop();
  await server.close();
  return exitCodes.done;
}

/** Renders the file to a page, or to one that says why it cannot. */
async function draw(service: Service, options: RenderOptions, path: string, terminal: Terminal): Promise<string> {
  const startMs = performance.now();
  try {
    const preview = await previewFile(service, options, path);
    const { title, rendered, problems } = preview;
    if (rendered !== undefined) {
      terminal.say(`rendered in ${Math.round(performance.now() - startMs)} ms`);
      return drawLivePage({ title, html: rendered.html, assets: rendered.assets });
    }
    sayProblems(preview.file, problems, terminal);
    return drawProblems(path, problems);
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    terminal.fail(error);
    return drawFailure(path, error);
  }
}

/** Calls `changed` some moments after each change of a file; returns what ends that. */
function watchFile(path: string, changed: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  try {
    // Its folder, because editors put a new file in the place of the old.
    const watcher = watchFolder(dirname(path), (_, name) => {
      if (name !== null && name !== basename(path)) return;
      clearTimeout(timer);
      timer = setTimeout(changed, settleMs);
    });
    return () => {
      clearTimeout(timer);
      watcher.close();
    };
  } catch (cause) {
    throw usageError(`${path} cannot be watched`, cause);
  }
}

/** Runs work once at a time, and once more after it where it was asked for meanwhile. */
function inTurns(work: () => Promise<void>): () => void {
  let isRunning = false;
  let isAsked = false;
  return async () => {
    isAsked = true;
    if (isRunning) return;
    isRunning = true;
    while (isAsked) {
      isAsked = false;
      await work();
    }
    isRunning = false;
  };
}
