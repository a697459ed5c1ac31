import type { Command } from "commander";
import { withExamples, withJson } from "./common-options.ts";
import type { Perform } from "./program.ts";

/** Declares the commands of whoever runs the service. Each is loaded when it is run. */
export function declareServiceCommands(program: Command, perform: Perform): void {
  const serve = program
    .command("serve")
    .description(
      "Run the service, as npm start does. What else there is to set stands in the environment: see docs/runbook.md.",
    )
    .option("--port <number>", "where it listens; else PORT, else 8080")
    .option("--no-demo", "without the demo's dashboards");
  withExamples(serve, "dashboards serve", "dashboards serve --port 9000 --no-demo");
  perform(serve, async (tools, options: { port?: string; demo: boolean }) =>
    (await import("./serve.ts")).serve(tools, options),
  );

  const migrate = withJson(program.command("migrate")).description(
    "Bring the database of DATABASE_MIGRATE_URL up to date, as its owner.",
  );
  withExamples(migrate, "dashboards migrate");
  perform(migrate, async (tools) => (await import("./migrate.ts")).migrate(tools));

  const token = withJson(program.command("token"))
    .description("Print an access token for a service under development on this machine.")
    .requiredOption("--tenant <name>", "whose it is")
    .option("--scopes <list>", "what it allows, separated by spaces; else all that a developer needs")
    .option("--expires-in <time>", "how long it works, such as 12h; at most a day", "1h")
    .option("--filters <json>", `values of filters that it holds its caller to, such as '{"region":"IN"}'`);
  withExamples(token, "export DASHBOARDS_TOKEN=$(dashboards token --tenant demo)");
  perform(token, async (tools, options: TokenWords) => (await import("./token.ts")).token(tools, options));
}

type TokenWords = {
  readonly tenant: string;
  readonly scopes?: string;
  readonly expiresIn: string;
  readonly filters?: string;
};
