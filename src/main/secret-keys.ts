import { join } from "node:path";
import { requireRandomKeys } from "../keys/strength.ts";
import type { Log } from "../log/log.ts";
import { createSecretKeys, parseSecretKeys } from "../secret/secret-keys.ts";
import { createSecrets, type Secrets } from "../secret/secrets.ts";
import { openLiveKeys } from "./live-key-file.ts";

/** What seals secrets, by the keys as they were last read. */
export type LiveSecrets = { readonly secrets: Secrets; readonly close: () => void };

/** Where the keys are. */
export type SecretKeysOptions = {
  /** The operator's; without one, one is made in the data folder. */
  readonly file: string | undefined;
  /** Whether keys must be random, as in production. The default is false. */
  readonly strict?: boolean;
  readonly dataDir: string;
  readonly log: Log;
  readonly intervalMs?: number;
};

/** Opens the keys that connections' secrets are sealed with, as `openLiveKeys` does, and logs their changes. */
export async function openSecretKeys({
  file,
  strict = false,
  dataDir,
  log,
  intervalMs,
}: SecretKeysOptions): Promise<LiveSecrets> {
  const { keys, close } = await openLiveKeys({
    file,
    ownFile: ownSecretKeysFile(dataDir),
    variable: "SECRETS_KEYS_FILE",
    parse: (text) => (strict ? requireRandomKeys(parseSecretKeys(text)) : parseSecretKeys(text)),
    create: createSecretKeys,
    intervalMs,
    onRead({ current: kid, keys }, path) {
      log.info({ file: path, kid, count: keys.size }, "secret keys were read again");
    },
    onProblem(problem, path) {
      log.warn({ file: path, problem }, "secret keys stay as they were");
    },
  });
  return { secrets: createSecrets(keys), close };
}

/** Returns where a service without a key file of the operator's keeps its own. */
export function ownSecretKeysFile(dataDir: string): string {
  return join(dataDir, "keys", "secret-keys.json");
}
