import { defaultScopes, mintToken } from "../command/mint-token.ts";
import { usageError } from "./cli-error.ts";
import { type ExitCode, exitCodes } from "./exit-code.ts";
import { readDurationS } from "./read-numbers.ts";
import type { Tools } from "./tools.ts";

/** Prints an access token of the development issuer, and nothing else. */
export async function token(
  { terminal, env }: Tools,
  options: { tenant: string; scopes?: string; expiresIn: string; filters?: string },
): Promise<ExitCode> {
  const { tenant, scopes = defaultScopes, filters } = options;
  const expiresIn = `${readDurationS("--expires-in", options.expiresIn)}`;
  try {
    const minted = await mintToken({ tenant, scopes, expiresIn, filters }, env);
    terminal.result({ token: minted }, minted);
  } catch (cause) {
    throw usageError((cause as Error).message, cause);
  }
  return exitCodes.done;
}
