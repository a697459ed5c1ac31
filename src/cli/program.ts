import { Command, CommanderError } from "commander";
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
  try {
    const program = createProgram(surroundings);
    declareDefinitionCommands(program, perform);
    declareDashboardCommands(program, perform);
    declareServiceCommands(program, perform);
    await program.parseAsync(args, { from: "user" });
    return code;
  } catch (error) {
    return fail(error, createTerminal(surroundings, args.includes("--json")));
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
      .addHelpText("after", "\nSee dashboards COMMAND --help for examples, and docs/cli.md.")
  );
}

function fail(error: unknown, terminal: ReturnType<typeof createTerminal>): ExitCode {
  const told = toCliError(error);
  if (told === undefined) return exitCodes.done;
  terminal.fail(told);
  return told.code;
}

/** Undefined for help, which commander throws, too. */
function toCliError(error: unknown): CliError | undefined {
  if (error instanceof CliError) return error;
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return undefined;
    const message = error.code === "commander.help" ? "no command was given" : error.message.replace(/^error: /, "");
    return new CliError(exitCodes.usage, `${message}; see dashboards --help`);
  }
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  return new CliError(exitCodes.mistake, `a mistake of this command: ${stack ?? message}`, { cause: error });
}
