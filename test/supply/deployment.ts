import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectDir } from "../../src/main/paths.ts";
import { parseSections, readDocument } from "../docs/markdown.ts";
import { parseDockerfile, type Stage, valuesOf } from "./dockerfile.ts";

/** The stages of `Dockerfile`: what fetches packages, and what becomes the image. */
export const stages = parseDockerfile(readDocument("Dockerfile")) as readonly [packages: Stage, image: Stage];

const image = stages[1];

/** The variables that the image sets. */
export const imageEnv: Readonly<Record<string, string>> = Object.fromEntries(
  valuesOf(image, "ENV").flatMap((value) => value.split(" ").map((pair) => pair.split("=") as [string, string])),
);

/** The number of the user that the image runs as. */
export const imageUser = Number(valuesOf(image, "USER")[0]!.split(":")[0]);

/** What the image is asked by for its health. */
export const healthCommand = JSON.parse(
  /CMD (\[.*\])$/.exec(valuesOf(image, "HEALTHCHECK")[0]!)![1]!,
) as readonly string[];

const sections = parseSections(readDocument("docs/runbook.md"));

/** Returns the blocks of a section of docs/runbook.md that are in a language. */
export function runbookBlocks(title: string, language: string): readonly string[] {
  return sections
    .find((section) => section.title === title)!
    .blocks.filter((block) => block.language === language)
    .map(({ text }) => text);
}

/** What docs/runbook.md has an operator run to make the secrets. */
export const secretsBlock: string = runbookBlocks("Containers", "sh")[1]!;

/** What it has an operator write into `.env`. */
export const operatorEnv: Readonly<Record<string, string>> = Object.fromEntries(
  [...runbookBlocks("Containers", "sh")[2]!.matchAll(/^(\w+)=(.+)$/gm)].map(([, name, value]) => [name!, value!]),
);

/**
 * Makes the secrets below a folder, as docs/runbook.md says, and returns theirs. Where we are not root their owner
 * stays who we are.
 */
export function makeSecrets(folder: string): string {
  const bin = join(folder, "bin");
  for (const each of [bin, join(folder, "docs")]) mkdirSync(each);
  cpSync(join(projectDir, "docs/runbook.md"), join(folder, "docs/runbook.md"));
  const isRoot = process.getuid?.() === 0;
  writeFileSync(join(bin, "sudo"), isRoot ? '#!/bin/sh\nexec "$@"\n' : "#!/bin/sh\n", { mode: 0o755 });
  const env = { PATH: `${bin}:${process.env.PATH}` };
  execFileSync("bash", ["--norc", "-euc", secretsBlock], { cwd: folder, env });
  return join(folder, "secrets");
}

/** Reads the variables that are secret. */
export function parseSecretVariables(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    text
      .trim()
      .split("\n")
      .map((line) => line.split(/=(.*)/).slice(0, 2)),
  );
}
