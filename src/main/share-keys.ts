import { join } from "node:path";
import { requireRandomKeys } from "../keys/strength.ts";
import type { Log } from "../log/log.ts";
import { createShareKeys, parseShareKeys, type ShareKeys } from "../share/share-keys.ts";
import { openLiveKeys } from "./live-key-file.ts";

/** The keys of links, as they were last read. */
export type LiveShareKeys = { readonly shareKeys: () => ShareKeys; readonly close: () => void };

/** Where the keys are. */
export type ShareKeysOptions = {
  /** The operator's; without one, one is made in the data folder. */
  readonly file: string | undefined;
  /** Whether keys must be random, as in production. The default is false. */
  readonly strict?: boolean;
  readonly dataDir: string;
  readonly log: Log;
  readonly intervalMs?: number;
};

/** Opens the keys that links are signed with, as `openLiveKeys` does, and logs their changes. */
export async function openShareKeys({
  file,
  strict = false,
  dataDir,
  log,
  intervalMs,
}: ShareKeysOptions): Promise<LiveShareKeys> {
  const { keys, close } = await openLiveKeys({
    file,
    ownFile: ownShareKeysFile(dataDir),
    variable: "SHARE_KEYS_FILE",
    parse: (text) => (strict ? requireRandomKeys(parseShareKeys(text)) : parseShareKeys(text)),
    create: createShareKeys,
    intervalMs,
    onRead({ current: kid, keys }, path) {
      log.info({ file: path, kid, count: keys.size }, "share keys were read again");
    },
    onProblem(problem, path) {
      log.warn({ file: path, problem }, "share keys stay as they were");
    },
  });
  return { shareKeys: keys, close };
}

/** Returns where a service without a key file of the operator's keeps its own. */
export function ownShareKeysFile(dataDir: string): string {
  return join(dataDir, "keys", "share-keys.json");
}
