import { type Command, Option } from "commander";
import { collect, withExamples, withService } from "./common-options.ts";
import type { Perform } from "./program.ts";
import { readDurationS, readWhole } from "./read-numbers.ts";
import type { RenderOptions } from "./render.ts";

/** Declares the commands that work with dashboards. Each is loaded when it is run. */
export function declareDashboardCommands(program: Command, perform: Perform): void {
  declarePublish(program, perform);
  declareRender(program, perform);
  declareShare(program, perform);
  declareOpen(program, perform);
}

function declarePublish(program: Command, perform: Perform): void {
  const publish = withService(program.command("publish <id>"))
    .description("Make the draft the active version, or tell what that would change.")
    .option("--dry-run", "change nothing, and print what would change, panel by panel")
    .option("--note <text>", "what changed, in a few words; the draft's note when left away")
    .option("--if-version <number>", "only if this version is active, 0 for none")
    .option("--if-revision <number>", "only if the draft has this revision");
  withExamples(
    publish,
    "dashboards publish orders --dry-run",
    "dashboards publish orders --if-version 3 --if-revision 2",
  );
  perform(publish, async (tools, options: PublishOptions, id: string) => {
    const { dryRun = false, note = "", ifVersion: version, ifRevision: revision } = options;
    const ifVersion = version === undefined ? undefined : readWhole("--if-version", version, 0);
    const ifRevision = revision === undefined ? undefined : readWhole("--if-revision", revision, 1);
    return (await import("./publish.ts")).publish(tools, { dryRun, note, ifVersion, ifRevision }, id);
  });
}

function declareRender(program: Command, perform: Perform): void {
  const render = withFilter(withService(program.command("render <id-or-file>")))
    .description("Render a saved dashboard, or the definition in a file.")
    .addOption(new Option("--format <format>", "what to make").choices(["html", "png", "csv", "json"]).default("html"))
    .option("--panel <id>", "the panel whose rows or picture are wanted")
    .option("--version <number>", "this version, in place of the active one")
    .addOption(new Option("--theme <theme>", "in place of the dashboard's").choices(["auto", "light", "dark"]))
    .option("--locale <language>", "in place of the dashboard's, such as de")
    .option("--timezone <zone>", "in place of the dashboard's, such as Asia/Kolkata")
    .option("--out <file>", "where to write it; else standard output")
    .option("--fragment", "the bare fragment of HTML, without a page around it")
    .option("--watch", "serve a page on this machine, and render the file anew on each save")
    .option("--port <number>", "where to serve it, with --watch; else a free port");
  withExamples(
    render,
    "dashboards render ops_overview --filter region=IN --out page.html",
    "dashboards render ops_overview --format csv --panel busiest-airports",
    "dashboards render orders.yaml --watch",
  );
  perform(render, async (tools, options: RenderWords, target: string) => {
    const version = options.version === undefined ? undefined : readWhole("--version", options.version, 1);
    const port = options.port === undefined ? 0 : readWhole("--port", options.port, 1, 65_535);
    return (await import("./render.ts")).render(tools, { ...options, version, port }, target);
  });
}

function declareShare(program: Command, perform: Perform): void {
  const share = withLink(withService(program.command("share <id>")))
    .description("Make a link that shows a dashboard to whoever holds it, and print its address.")
    .requiredOption("--expires-in <time>", "how long it works, such as 7d, 12h or 90m")
    .option("--version <number>", "the version that it shows for ever")
    .option("--frame-ancestor <origin>", "an origin whose pages may show it in a frame; may be repeated", collect);
  withExamples(
    share,
    "dashboards share ops_overview --expires-in 7d --filter region=IN",
    "dashboards share ops_overview --expires-in 12h --viewer-filter region",
    "dashboards share ops_overview --expires-in 7d --snapshot",
  );
  perform(share, async (tools, options: ShareOptions, id: string) => {
    const expiresInS = readDurationS("--expires-in", options.expiresIn);
    const version = options.version === undefined ? undefined : readWhole("--version", options.version, 1);
    return (await import("./share.ts")).share(tools, { ...options, expiresInS, version }, id);
  });
}

function declareOpen(program: Command, perform: Perform): void {
  const open = withLink(withService(program.command("open <id>")))
    .description("Open a dashboard in the browser, by a link that works for an hour.")
    .option("--print", "only print the address");
  withExamples(open, "dashboards open ops_overview", "dashboards open ops_overview --viewer-filter region --print");
  perform(open, async (tools, options: LinkWords & { print?: boolean }, id: string) =>
    (await import("./open.ts")).open(tools, options, id),
  );
}

function withFilter(command: Command): Command {
  return command.option("--filter <name=value>", "a filter's value, JSON or text; may be repeated", collect);
}

function withLink(command: Command): Command {
  return withFilter(command)
    .option("--viewer-filter <name>", "a filter that its viewers may change; may be repeated", collect)
    .option("--snapshot", "show for ever what the dashboard shows now");
}

type PublishOptions = {
  readonly dryRun?: boolean;
  readonly note?: string;
  readonly ifVersion?: string;
  readonly ifRevision?: string;
};
type RenderWords = Omit<RenderOptions, "version" | "port"> & { readonly version?: string; readonly port?: string };
type LinkWords = {
  readonly filter?: readonly string[];
  readonly viewerFilter?: readonly string[];
  readonly snapshot?: boolean;
};
type ShareOptions = LinkWords & {
  readonly expiresIn: string;
  readonly version?: string;
  readonly frameAncestor?: readonly string[];
};
