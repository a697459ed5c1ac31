/**
 * Keeps what pages link to for the releases to come: `npm run release:baseline`. Share pages are never
 * stored, so that their own style needs no keeping.
 */
import { writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { readPageFiles } from "../main/assets.ts";
import { readReleased, releasedFolder } from "../main/released.ts";

const released = readReleased();
for (const [path, { body }] of readPageFiles().assets) {
  const name = basename(path);
  if (released.has(path) || name.startsWith("page.")) continue;
  writeFileSync(join(releasedFolder, name), body);
  console.log(`kept ${name}`);
}
