import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Case } from "./corpus.ts";
import { readObject } from "./vocabulary.ts";

/** A case, and the file that it stands in. */
export type LoadedCase = { readonly attack: Case; readonly file: string; readonly group: string };

/** What stands beside the cases in a folder of theirs. */
const others = new Set([
  "schema.json",
  "vars.json",
  "points.json",
  "properties.json",
  "templates.json",
  "disputed.json",
]);

/**
 * Reads the cases of a folder's files, in the order of their names. Throws an Error that names the file, and the case
 * where there is one, for whatever is not of the format, and for a folder without cases.
 */
export function loadCases(folder: string): readonly LoadedCase[] {
  if (!existsSync(folder)) throw new Error(`there is no folder ${folder}`);
  const names = readdirSync(folder).filter((name) => name.endsWith(".json") && !others.has(name));
  const loaded = names.sort().flatMap((file) => casesOf(join(folder, file), file));
  if (loaded.length === 0) throw new Error(`there are no cases in ${folder}`);
  const ids = new Set<string>();
  for (const { attack, file } of loaded) {
    if (ids.has(attack.id)) throw new Error(`${file}: there are two cases ${attack.id}`);
    ids.add(attack.id);
  }
  return loaded;
}

function casesOf(path: string, file: string): readonly LoadedCase[] {
  const { cases, group } = readObject(path);
  if (!Array.isArray(cases)) throw new Error(`${file}: it has no list of cases`);
  return cases.map((attack: unknown, index) => {
    const problem = whatIsWrong(attack);
    const id = (attack as { id?: unknown } | null)?.id;
    if (problem !== undefined) throw new Error(`${file}: case ${typeof id === "string" ? id : index + 1}: ${problem}`);
    return { attack: attack as Case, file, group: `${group}` };
  });
}

function whatIsWrong(attack: unknown): string | undefined {
  if (!isObject(attack)) return "is no object";
  const { id, name, steps, expect, needs } = attack;
  if (typeof id !== "string" || typeof name !== "string") return "id and name must be text";
  if (!Array.isArray(steps) || steps.length === 0) return "steps must be a list that is not empty";
  const step = steps.flatMap(within).find((each) => !isObject(each) || typeof each.do !== "string");
  if (step !== undefined) return "each step must be an object that says what to do";
  if (needs !== undefined && !isListOf("string", needs)) return "needs must be a list of texts";
  if (!isObject(expect)) return "expect must be an object";
  if (!isListOf("number", expect.status)) return "expect.status must be a list of numbers";
  if (!isListOf("number", expect.tolerate ?? [])) return "expect.tolerate must be a list of numbers";
  if (!isListOf("string", expect.error ?? [])) return "expect.error must be a list of texts";
  return isListOf("string", expect.props) ? undefined : "expect.props must be a list of texts";
}

/** The step and those within it, whatever they are. */
function within(step: unknown): readonly unknown[] {
  if (!isObject(step)) return [step];
  const { steps = [], ...fields } = step;
  const inner = ["step", "a", "b", "probe"].flatMap((name) => (name in fields ? [fields[name]] : []));
  return [step, ...[...inner, ...(Array.isArray(steps) ? steps.flat() : [undefined])].flatMap(within)];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isListOf(type: "string" | "number", value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === type);
}
