import { realpath } from "node:fs/promises";
import { parseArgs } from "node:util";
import { type Config, parseConfig } from "../config/config.ts";
import { defaultDataDir } from "../main/paths.ts";

/** What a command that changes a key file was told. */
export type KeyFileArguments = {
  readonly path: string;
  /** The folder of the service's own state, which the file may be in. */
  readonly dataDir: string;
  /** Whether every replica is known to have read the file as it is. */
  readonly isKnownEverywhere: boolean;
  readonly config: Config;
};

/**
 * Reads `[--file keys.json | --data-dir DIR] [--now]`. Without `--file` it is the file of the service that runs
 * in the same environment. Throws an Error for whoever called.
 */
export async function readKeyFileArguments(
  args: string[],
  {
    namedFile,
    ownFile,
  }: {
    /** Where the environment says that the file is. */
    readonly namedFile: (config: Config) => string | undefined;
    /** Where it is unless anybody says. */
    readonly ownFile: (dataDir: string) => string;
  },
): Promise<KeyFileArguments> {
  const { values } = parseArgs({
    args,
    strict: true,
    options: {
      file: { type: "string" },
      "data-dir": { type: "string" },
      now: { type: "boolean", default: false },
    },
  });
  if (values.file !== undefined && values["data-dir"] !== undefined) {
    throw new Error("--file and --data-dir are both given: keep one");
  }
  const config = parseConfig(process.env, defaultDataDir());
  const dataDir = values["data-dir"] ?? config.dataDir;
  const named = values.file ?? (values["data-dir"] === undefined ? namedFile(config) : undefined);
  // Through a symbolic link to the file itself: a rename would replace the link.
  return { path: await realpath(named ?? ownFile(dataDir)), dataDir, isKnownEverywhere: values.now, config };
}
