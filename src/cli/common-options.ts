import type { Command } from "commander";

/** Declares the options of every command that calls the service. */
export function withService(command: Command): Command {
  return withJson(command)
    .option("--url <address>", "where the service is; else DASHBOARDS_URL, else http://127.0.0.1:8080")
    .option("--token <token>", "the access token; better kept in DASHBOARDS_TOKEN, where no list of processes shows it")
    .option("--tenant <name>", "the tenant to act for, or whose token is made for a service under development here");
}

/** Declares the option of every command that has results. */
export function withJson(command: Command): Command {
  return command.option("--json", "one JSON value a line on standard output, and errors as JSON on standard error");
}

/** Puts an option's values into a list. */
export function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

/** Writes the examples below a command's help. */
export function withExamples(command: Command, ...examples: readonly string[]): Command {
  return command.addHelpText("after", `\nExamples:\n${examples.map((example) => `  $ ${example}`).join("\n")}`);
}
