import type { Command } from "commander";
import { withExamples, withJson, withService } from "./common-options.ts";
import type { Perform } from "./program.ts";
import { readWhole } from "./read-numbers.ts";

/** Declares the commands that work with files of definitions. Each is loaded when it is run. */
export function declareDefinitionCommands(program: Command, perform: Perform): void {
  const validate = withService(program.command("validate <files...>"))
    .description("Print every problem of definitions, with its place in the file.")
    .option("--offline", "by the checks that come with this command, without a service");
  withExamples(validate, "dashboards validate dashboards/", "dashboards validate orders.yaml --offline");
  perform(validate, async (tools, options: { offline?: boolean }, paths: string[]) =>
    (await import("./validate.ts")).validate(tools, options, paths),
  );

  const diff = withService(program.command("diff <files...>"))
    .description("Print what a push would change.")
    .option("--draft", "compare with the drafts");
  withExamples(diff, "dashboards diff dashboards/", "dashboards diff orders.yaml --draft");
  perform(diff, async (tools, options: { draft?: boolean }, paths: string[]) =>
    (await import("./diff.ts")).diff(tools, options, paths),
  );

  const push = withService(program.command("push <files...>"))
    .description("Save the definitions that differ from what is saved.")
    .option("--draft", "write drafts, which render nowhere until they are published")
    .option("--note <text>", "what changed, in a few words")
    .option("--dry-run", "save nothing, and tell what would be")
    .option("--if-version <number>", "only over this version, 0 for none; for a single file")
    .option("--force", "whatever was saved meanwhile, also over an archived dashboard");
  withExamples(
    push,
    "dashboards push dashboards/ --note 'Delays by hour'",
    "dashboards push orders.yaml --draft --dry-run",
  );
  perform(push, async (tools, options: PushOptions, paths: string[]) => {
    const { draft = false, dryRun = false, force = false, note = "", ifVersion: version } = options;
    const ifVersion = version === undefined ? undefined : readWhole("--if-version", version, 0);
    return (await import("./push.ts")).push(tools, { draft, dryRun, force, note, ifVersion }, paths);
  });

  const pull = withService(program.command("pull [ids...]"))
    .description("Write what is saved to files of YAML; of all dashboards when none is named.")
    .requiredOption("--to <folder>", "the folder")
    .option("--draft", "drafts where there are some")
    .option("--force", "also over files that have changes of their own");
  withExamples(pull, "dashboards pull --to dashboards", "dashboards pull orders ops_overview --to dashboards --draft");
  perform(pull, async (tools, options: { to: string; draft?: boolean; force?: boolean }, ids: string[]) => {
    const { to, draft = false, force = false } = options;
    return (await import("./pull.ts")).pull(tools, { to, draft, force }, ids);
  });

  const schema = withJson(program.command("schema [file]")).description(
    "Print the JSON Schema of a definition, for editors, or write it to a file.",
  );
  withExamples(schema, "dashboards schema definition.schema.json");
  perform(schema, async (tools, _: object, file: string | undefined) =>
    (await import("./schema.ts")).schema(tools, file),
  );
}

type PushOptions = {
  readonly draft?: boolean;
  readonly note?: string;
  readonly dryRun?: boolean;
  readonly ifVersion?: string;
  readonly force?: boolean;
};
