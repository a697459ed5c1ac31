import { openService, type Service, type ServiceOptions } from "./service.ts";
import { createTerminal, type Surroundings, type Terminal } from "./terminal.ts";

/** What every command works with. */
export type Tools = {
  readonly terminal: Terminal;
  readonly env: Surroundings["env"];
  readonly untilInterrupted: Surroundings["untilInterrupted"];
  /** Opens the way to the service, and finds a token for it; contacts nobody yet. */
  readonly connect: () => Promise<Service>;
};

/** The options of every command that calls the service. */
export type CommonOptions = ServiceOptions & { readonly json?: boolean };

/** Creates the tools of one run. */
export function createTools(options: CommonOptions, surroundings: Surroundings): Tools {
  const terminal = createTerminal(surroundings, options.json === true);
  const { env, untilInterrupted } = surroundings;
  return { terminal, env, untilInterrupted, connect: () => openService(options, env, terminal) };
}
