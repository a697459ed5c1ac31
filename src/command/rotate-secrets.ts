/**
 * Takes the next step of rotating the keys that connections' secrets are sealed with, seals the secrets anew,
 * and says what it did and what to do next: `npm run -s rotate-secrets`. The file is that of the service
 * that runs in the same environment, unless `--file` names another, and so is the database, which it
 * enters as its owner. The service may run meanwhile. It may be ended anywhere and be run again. No key or
 * secret is printed. Where it cannot, it says why and exits with 2.
 */
import { randomBytes } from "node:crypto";
import { formatKeyFile } from "../keys/key-file.ts";
import type { RotationStep } from "../keys/rotation.ts";
import { ownSecretKeysFile } from "../main/keys.ts";
import { type Resealing, resealSecrets } from "../secret/reseal.ts";
import { type Dropped, dropUnused, rotateSecretKeys } from "../secret/rotate-secret-keys.ts";
import { parseSecretKeys } from "../secret/secret-keys.ts";
import { openSealedSecrets } from "../store/sealed-secrets.ts";
import { readKeyFileArguments } from "./key-file-arguments.ts";
import { findOwnerUrl } from "./owner-database.ts";
import { replaceFile } from "./replace-file.ts";

const usage = "usage: npm run -s rotate-secrets -- [--file keys.json | --data-dir DIR] [--now]";

try {
  console.log(await rotate(process.argv.slice(2)));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.error(usage);
  process.exitCode = 2;
}

async function rotate(args: string[]): Promise<string> {
  const { path, dataDir, config, isKnownEverywhere } = await readKeyFileArguments(args, {
    namedFile: ({ secretsKeysFile }) => secretsKeysFile,
    ownFile: ownSecretKeysFile,
  });
  await using opened = new AsyncDisposableStack();
  const secrets = await openSealedSecrets(await findOwnerUrl(config, dataDir, opened));
  opened.defer(secrets.close);

  const step = await replaceFile(path, (text) => {
    const rotation = rotateSecretKeys(parseSecretKeys(text), {
      random32: randomBytes(32),
      nowMs: Date.now(),
      isKnownEverywhere,
    });
    return [formatKeyFile(rotation.file), rotation];
  });
  if (step.step === "added") return describeAdded(step);

  const resealing = await resealSecrets(secrets, step.file);
  if (step.step === "switched") return [...describeSwitched(step), ...describeResealing(resealing)].join("\n");

  const dropped = await replaceFile(path, (text) => {
    const found = dropUnused(parseSecretKeys(text), resealing.used, { nowMs: Date.now(), isKnownEverywhere });
    return [formatKeyFile(found.file), found];
  });
  return [...describeResealing(resealing), ...describeDropped(dropped)].join("\n");
}

function describeAdded({ kid, file }: RotationStep): string {
  return [
    `${kid} was added as the next key: secrets are still sealed with ${file.current}.`,
    "Next: see that every replica has this file (a running one reads it within seconds), then run this again, in a minute at the earliest.",
  ].join("\n");
}

function describeSwitched({ kid, retired }: RotationStep): readonly string[] {
  return [
    `${kid} is the current key: secrets are sealed with it from now on.`,
    ...retired.map((old) => `${old} was retired: it opens what is still sealed with it.`),
    "Next: see that every replica has this file, then run this again, in a minute at the earliest, to drop what was retired.",
  ];
}

function describeResealing({ resealed, unopened }: Resealing): readonly string[] {
  const lines = [`${resealed} ${resealed === 1 ? "secret was" : "secrets were"} sealed anew.`];
  if (unopened.length > 0) {
    const some = unopened.slice(0, 20).join(", ");
    const more = unopened.length > 20 ? ` and ${unopened.length - 20} more` : "";
    lines.push(`${unopened.length} do not open with any key of the file, and stay as they are: ${some}${more}.`);
    lines.push("Next: bring back the key that sealed them, or have them saved again.");
  }
  return lines;
}

function describeDropped({ dropped, kept, file }: Dropped): readonly string[] {
  const lines = dropped.map((kid) => `${kid} was dropped: no secret is sealed with it.`);
  if (kept.length === 0) {
    return [
      ...lines,
      `The rotation is complete. Next: see that every replica has this file, whose key is ${file.current}.`,
    ];
  }
  return [
    ...lines,
    ...kept.map((kid) => `${kid} stays: it was retired less than a minute ago, or a secret is sealed with it.`),
    "Next: see that every replica has this file, then run this again, in a minute at the earliest.",
  ];
}
