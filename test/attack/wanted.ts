import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { Case } from "./corpus.ts";
import { type LoadedCase, loadCases } from "./load-cases.ts";

/** The cases that are wanted, and the folder that they stand in. */
export type Wanted = { readonly folder: string; readonly cases: readonly Case[] };

const ourCases = join(import.meta.dirname, "cases");

const usage = "usage: npm run -s attack -- [--cases DIR] [--groups 01,09] [--only ID]";

/**
 * Reads the command line, and the cases that it asks for. Throws an Error that says what is wrong with it, or with the
 * folder.
 */
export function readWanted(args: readonly string[]): Wanted {
  const { cases, groups, only } = parse(args);
  // npm runs scripts in the project's folder, wherever it was called.
  const folder = cases === undefined ? ourCases : resolve(process.env.INIT_CWD ?? ".", cases);
  return { folder, cases: select(load(folder), groups, only) };
}

function parse(args: readonly string[]): { cases?: string; groups?: string; only?: string } {
  try {
    const options = { cases: { type: "string" }, groups: { type: "string" }, only: { type: "string" } } as const;
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : error}\n${usage}`);
  }
}

/** Our own cases belong to the corpus that is part of the project, and to no other. */
function load(folder: string): readonly LoadedCase[] {
  const given = loadCases(folder);
  return folder === ourCases ? [...given, ...loadCases(join(import.meta.dirname, "own"))] : given;
}

/** A group is called by the number of its file, or by its name. */
function select(loaded: readonly LoadedCase[], groups?: string, only?: string): readonly Case[] {
  const isOf = (name: string, { file, group }: LoadedCase) =>
    group === name || file === name || file.startsWith(`${name}-`) || file === `${name}.json`;
  const names = groups?.split(",").map((name) => name.trim());
  const unknown = names?.find((name) => !loaded.some((each) => isOf(name, each)));
  if (unknown !== undefined) throw new Error(`there is no group ${unknown}; there are ${groupsOf(loaded)}`);
  const ofGroups = loaded.filter((each) => names === undefined || names.some((name) => isOf(name, each)));
  const cases = ofGroups.map(({ attack }) => attack).filter(({ id }) => only === undefined || id === only);
  if (cases.length === 0) throw new Error(`there is no case ${only} in ${groups ?? "any group"}`);
  return cases;
}

function groupsOf(loaded: readonly LoadedCase[]): string {
  return [...new Set(loaded.map(({ file }) => file.replace(/\.json$/, "")))].join(", ");
}
