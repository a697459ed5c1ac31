import { spawn } from "node:child_process";
import { platform } from "node:os";
import { toJson } from "@bufbuild/protobuf";
import { ShareResponseSchema } from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import { type ExitCode, exitCodes } from "./exit-code.ts";
import { type LinkOptions, makeLink } from "./make-link.ts";
import type { Tools } from "./tools.ts";

/** As long as it takes to look at it. */
const expiresInS = 3_600;

/** Makes a link of an hour to a dashboard, prints it, and opens it in the browser unless it is only to be printed. */
export async function open(
  tools: Tools,
  { print, ...options }: Omit<LinkOptions, "expiresInS"> & { readonly print?: boolean },
  dashboardId: string,
): Promise<ExitCode> {
  const { terminal, env } = tools;
  const made = await makeLink(tools, { ...options, expiresInS }, dashboardId);
  terminal.result(toJson(ShareResponseSchema, made, { useProtoFieldName: true }), made.url);
  if (print !== true && !(await openBrowser(made.url, env))) {
    terminal.note("no browser could be opened: open the address yourself");
  }
  return exitCodes.done;
}

/** A link as the service makes them, of which no system's opener takes any part for something else. */
const link = /^https?:\/\/[A-Za-z0-9.:[\]-]+\/[A-Za-z0-9._~/-]*$/;

/** Resolves with whether the system took it; what is no link is not even tried. */
async function openBrowser(url: string, env: Tools["env"]): Promise<boolean> {
  if (!link.test(url)) return false;
  const [command, ...args] = openerOf(url);
  const windowsVerbatimArguments = platform() === "win32";
  // Browsers live long, and have no use for the token.
  const theirs = { ...env, DASHBOARDS_TOKEN: undefined };
  return await new Promise((resolve) => {
    const child = spawn(command, args, { env: theirs, stdio: "ignore", detached: true, windowsVerbatimArguments });
    child.once("error", () => resolve(false));
    child.once("spawn", () => {
      child.unref();
      resolve(true);
    });
  });
}

function openerOf(url: string): readonly [command: string, ...args: string[]] {
  if (platform() === "darwin") return ["open", url];
  // What `start` takes first in quotes is a title.
  if (platform() === "win32") return ["cmd", "/c", "start", '""', url];
  return ["xdg-open", url];
}
