import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What a folder of cases refers to beside its steps. */
export type Vocabulary = {
  /** Names that stand for something: all that else looks like a variable is payload. */
  readonly documented: readonly string[];
  readonly points: Readonly<Record<string, { readonly default: string; readonly raw?: boolean }>>;
  readonly templates: Readonly<Record<string, object>>;
  /** Why a case is not run, by its id. */
  readonly disputed: Readonly<Record<string, string>>;
};

/** Reads the vocabulary of a folder. What it does not have is ours; of templates and disputes, what it has is added. */
export function readVocabulary(folder: string): Vocabulary {
  const points = readFirst("points.json", [folder, ourCases]) as { readonly points: Vocabulary["points"] };
  return {
    documented: Object.keys(readFirst("vars.json", [folder, ourCases])),
    points: points.points ?? {},
    templates: { ...readObject(join(here, "templates.json")), ...readFirst("templates.json", [folder]) },
    disputed: { ...readObject(join(here, "disputed.json")), ...readFirst("disputed.json", [folder]) },
  } as Vocabulary;
}

const here = import.meta.dirname;

const ourCases = join(here, "cases");

function readFirst(name: string, folders: readonly string[]): Record<string, unknown> {
  const path = folders.map((folder) => join(folder, name)).find((each) => existsSync(each));
  return path === undefined ? {} : readObject(path);
}

/** Reads a file that holds an object of JSON. Throws an Error that names it where it does not. */
export function readObject(path: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new Error(`${path} is no JSON: ${error instanceof Error ? error.message : error}`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Error(`${path} is no JSON object`);
  return value as Record<string, unknown>;
}
