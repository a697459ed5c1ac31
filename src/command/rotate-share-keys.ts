/**
 * Takes the next step of rotating the keys that links are signed with, and says what it did and what
 * to do next: `npm run -s rotate-share-keys -- --file keys.json`. Without `--file` it takes the file
 * of the service that runs in the same environment. The file is replaced at once or not at all, for
 * its owner alone to read. No key is printed. Where it cannot, it says why and exits with 2.
 */
import { randomBytes } from "node:crypto";
import { formatKeyFile } from "../keys/key-file.ts";
import { ownShareKeysFile } from "../main/keys.ts";
import { type Rotation, rotateShareKeys } from "../share/rotate-share-keys.ts";
import { parseShareKeys } from "../share/share-keys.ts";
import { readKeyFileArguments } from "./key-file-arguments.ts";
import { replaceFile } from "./replace-file.ts";

const usage = "usage: npm run -s rotate-share-keys -- [--file keys.json | --data-dir DIR] [--now]";

try {
  console.log(await rotate(process.argv.slice(2)));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.error(usage);
  process.exitCode = 2;
}

async function rotate(args: string[]): Promise<string> {
  const { path, config, isKnownEverywhere } = await readKeyFileArguments(args, {
    namedFile: ({ shareKeysFile }) => shareKeysFile,
    ownFile: ownShareKeysFile,
  });
  return replaceFile(path, (text) => {
    const rotation = rotateShareKeys(parseShareKeys(text), {
      random32: randomBytes(32),
      nowMs: Date.now(),
      maxExpiresInS: config.shareMaxExpiresInS,
      isKnownEverywhere,
    });
    return [formatKeyFile(rotation.file), describe(rotation)];
  });
}

function describe({ file, step, kid, retired, dropped }: Rotation): string {
  const lines = dropped.map((gone) => `${gone} was dropped: every link that it signed has expired.`);
  if (step === "added") {
    lines.push(
      `${kid} was added as the next key: links are still signed with ${file.current}.`,
      "Next: see that every replica has this file (a running one reads it within seconds), then run this again, in a minute at the earliest.",
    );
  } else {
    lines.push(
      `${kid} is the current key: links are signed with it from now on.`,
      ...retired.map((old) => `${old} was retired: the links that it signed work until they expire.`),
      "Next: see that every replica has this file. A later rotation drops retired keys when their links have expired.",
    );
  }
  return lines.join("\n");
}
