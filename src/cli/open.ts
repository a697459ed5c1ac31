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
  const link = await makeLink(tools, { ...options, expiresInS }, dashboardId);
  terminal.result(toJson(ShareResponseSchema, link, { useProtoFieldName: true }), link.url);
  if (print !== true && !(await openBrowser(link.url, env))) {
    terminal.note("no browser could be opened: open the address yourself");
  }
  return exitCodes.done;
}

/** Resolves with whether the system took it. */
function openBrowser(url: string, env: Tools["env"]): Promise<boolean> {
  const [command, ...args] = openerOf(url);
  const windowsVerbatimArguments = platform() === "win32";
  // Browsers live long, and have no use for the token.
  const theirs = { ...env, DASHBOARDS_TOKEN: undefined };
  return new Promise((resolve) => {
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
  // What `start` takes first in quotes is a title. The shell would read on after an &.
  if (platform() === "win32") return ["cmd", "/c", "start", '""', url.replaceAll("&", "^&")];
  return ["xdg-open", url];
}
