import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { projectDir } from "../../src/main/paths.ts";
import { parseCopy, type Stage, valuesOf } from "./dockerfile.ts";

type Locked = { readonly dev?: boolean; readonly link?: boolean; readonly resolved?: string };

/**
 * Lays out in a folder what the stages' COPY and RUN put into the image's working folder, for this platform. What
 * `npm ci` would install is read off the lock and taken from what is installed here.
 */
export function layOutImage(stages: readonly Stage[], folder: string): void {
  const [packages, image] = stages as [Stage, Stage];
  const [command] = valuesOf(packages, "RUN");
  const [, left] = /^npm ci --omit=dev --ignore-scripts && rm -r node_modules\/(\S+)$/.exec(command!) ?? [];
  if (left === undefined) throw new Error(`what does this install? ${command}`);
  for (const value of valuesOf(image, "COPY")) {
    const { from, sources, to } = parseCopy(value);
    if (from !== undefined) installPackages(folder, left);
    else for (const source of sources) copyAdmitted(source, join(folder, to === "./" ? source : to));
  }
}

/** Copies what `.dockerignore` lets through: it lists what it admits, and then what it leaves out of that. */
function copyAdmitted(source: string, to: string): void {
  const rules = readFileSync(join(projectDir, ".dockerignore"), "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
  if (rules[0] !== "*") throw new Error(".dockerignore admits what it does not name");
  if (!rules.includes(`!${source}`)) throw new Error(`${source} does not get past .dockerignore`);
  cpSync(join(projectDir, source), to, { recursive: true });
  for (const rule of rules.filter((each) => each.startsWith(`${source}/`))) {
    rmSync(join(dirname(to), rule), { recursive: true, force: true });
  }
}

function installPackages(folder: string, left: string): void {
  const { packages } = JSON.parse(readFileSync(join(projectDir, "package-lock.json"), "utf8")) as {
    packages: Readonly<Record<string, Locked>>;
  };
  for (const [path, { dev, link, resolved }] of Object.entries(packages)) {
    const isTop = /^node_modules\/(@[^/]+\/)?[^/]+$/.test(path);
    if (!isTop || dev || path.startsWith(`node_modules/${left}/`)) continue;
    const to = join(folder, path);
    mkdirSync(dirname(to), { recursive: true });
    if (link) symlinkSync(join("../..", resolved!), to);
    else if (existsSync(join(projectDir, path))) execFileSync("cp", ["-al", join(projectDir, path), to]);
  }
}
