import { Command, CommanderError } from "commander";
import { releaseVersion } from "../main/release-version.ts";
import { CliError } from "./cli-error.ts";
import { declareDashboardCommands } from "./dashboard-commands.ts";
import { declareDefinitionCommands } from "./definition-commands.ts";
import { type ExitCode, exitCodes } from "./exit-code.ts";
import { declareServiceCommands } from "./service-commands.ts";
import { createTerminal, type Surroundings } from "./terminal.ts";
import { createTools, type Tools } from "./tools.ts";

/** Has a command, which takes one positional argument at most, do some work, which tells its exit code. */
export type Perform = <Options extends object, Positional>(
  command: Command,
  work: (tools: Tools, options: Options, positional: Positional) => Promise<ExitCode>,
) => void;

/** Does what the arguments say, and returns the exit code; never throws. */
export async function runCli(args: readonly string[], surroundings: Surroundings): Promise<ExitCode> {
  let code: ExitCode = exitCodes.done;
  const perform: Perform = (command, work) => {
    command.action(async () => {
      // They are as they were declared: commander has seen to that.
      const [options, positional] = [command.opts(), command.processedArgs[0]] as [never, never];
      code = await work(createTools(options, surroundings), options, positional);
    });
  };
  const program = createProgram(surroundings);
  try {
    declareDefinitionCommands(program, perform);
    declareDashboardCommands(program, perform);
    declareServiceCommands(program, perform);
    await program.parseAsync(args, { from: "user" });
    return code;
  } catch (error) {
    const told = toCliError(error, helpOf(program, args));
    if (told === undefined) return exitCodes.done;
    createTerminal(surroundings, args.includes("--json")).fail(told);
    return told.code;
  }
}

function createProgram({ stdout, stderr }: Surroundings): Command {
  return (
    new Command("dashboards")
      .description("Dashboards as files: check them, save them, look at them, share them.")
      .exitOverride()
      // What goes wrong is told in one place, as JSON where that is asked for.
      .configureOutput({
        writeOut: (text) => void stdout.write(text),
        writeErr: (text) => void stderr.write(text),
        outputError() {},
        getOutHelpWidth: () => stdout.columns ?? 100,
        getErrHelpWidth: () => stderr.columns ?? 100,
      })
      .helpCommand(false)
      // Before the command only: `render` has a --version of its own.
      .enablePositionalOptions()
      .version(releaseVersion(), "-V, --version", "print which release this is")
      .addHelpText("after", "\nSee dashboards COMMAND --help for examples, and docs/cli.md.")
  );
}

/** Returns what prints the help of the command that was given; of all where none was. */
function helpOf({ commands }: Command, [first]: readonly string[]): string {
  return commands.some((command) => command.name() === first) ? `dashboards ${first} --help` : "dashboards --help";
}

/** Undefined for help and version, which commander throws, too. */
function toCliError(error: unknown, help: string): CliError | undefined {
  if (error instanceof CliError) return error;
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return undefined;
    const words = error.message.replace(/^error: /, "").replaceAll("\n", " ");
    return new CliError(
      exitCodes.usage,
      `${error.code === "commander.help" ? "no command was given" : words}; see ${help}`,
    );
  }
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  return new CliError(exitCodes.mistake, `a mistake of this command: ${stack ?? message}`, { cause: error });
}
