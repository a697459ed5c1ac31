import { join } from "node:path";
import type { KeySet } from "../keys/key-file.ts";
import { requireRandomKeys } from "../keys/strength.ts";
import type { Log } from "../log/log.ts";
import { createSecretKeys, parseSecretKeys } from "../secret/secret-keys.ts";
import { createSecrets, type Secrets } from "../secret/secrets.ts";
import { createShareKeys, parseShareKeys, type ShareKeys } from "../share/share-keys.ts";
import { type LiveKeys, type LiveKeysOptions, openLiveKeys } from "./live-key-file.ts";

/** Where keys are. */
export type KeysOptions = {
  /** The operator's; without one, one is made in the data folder. */
  readonly file: string | undefined;
  /** Whether keys must be random, as in production. The default is false. */
  readonly strict?: boolean;
  readonly dataDir: string;
  readonly log: Log;
  /** How often the file is read again. The default is that of `openLiveKeys`. */
  readonly intervalMs?: number;
};

/** The keys of links, as they were last read. */
export type LiveShareKeys = { readonly shareKeys: () => ShareKeys; readonly close: () => void };

/** Opens the keys that links are signed with, as `openLiveKeys` does, and logs their changes. */
export async function openShareKeys(options: KeysOptions): Promise<LiveShareKeys> {
  const { dataDir, log } = options;
  const { keys, close } = await open(options, {
    ownFile: ownShareKeysFile(dataDir),
    variable: "SHARE_KEYS_FILE",
    parse: parseShareKeys,
    create: createShareKeys,
    onRead(keys, path) {
      log.info(about(keys, path), "share keys were read again");
    },
    onProblem(problem, path) {
      log.warn({ file: path, problem }, "share keys stay as they were");
    },
  });
  return { shareKeys: keys, close };
}

/** Returns where a service without a file of the operator's keeps the keys of its links. */
export function ownShareKeysFile(dataDir: string): string {
  return join(dataDir, "keys", "share-keys.json");
}

/** What seals secrets, by the keys as they were last read. */
export type LiveSecrets = { readonly secrets: Secrets; readonly close: () => void };

/** Opens the keys that connections' secrets are sealed with, as `openLiveKeys` does, and logs their changes. */
export async function openSecretKeys(options: KeysOptions): Promise<LiveSecrets> {
  const { dataDir, log } = options;
  const { keys, close } = await open(options, {
    ownFile: ownSecretKeysFile(dataDir),
    variable: "SECRETS_KEYS_FILE",
    parse: parseSecretKeys,
    create: createSecretKeys,
    onRead(keys, path) {
      log.info(about(keys, path), "secret keys were read again");
    },
    onProblem(problem, path) {
      log.warn({ file: path, problem }, "secret keys stay as they were");
    },
  });
  return { secrets: createSecrets(keys), close };
}

/** Returns where a service without a file of the operator's keeps the keys of secrets. */
export function ownSecretKeysFile(dataDir: string): string {
  return join(dataDir, "keys", "secret-keys.json");
}

function open<Keys extends KeySet>(
  { file, strict = false, intervalMs }: KeysOptions,
  kind: Omit<LiveKeysOptions<Keys>, "file" | "intervalMs">,
): Promise<LiveKeys<Keys>> {
  const parse = (text: string) => (strict ? requireRandomKeys(kind.parse(text)) : kind.parse(text));
  return openLiveKeys({ ...kind, file, intervalMs, parse });
}

function about({ current: kid, keys }: KeySet, file: string) {
  return { file, kid, count: keys.size };
}
