import { readFile, stat } from "node:fs/promises";
import { fromJson, type JsonObject, type JsonValue } from "@bufbuild/protobuf";
import { LineCounter, parseDocument } from "yaml";
import { type Definition, DefinitionSchema } from "../../gen/datajetty/dashboards/v1/definition_pb.js";
import { definitionDigest, definitionToJson } from "../definition/canonical.ts";
import type { FieldProblem } from "../errors/fault.ts";
import { findMisfits } from "../rest/shape.ts";
import { usageError } from "./cli-error.ts";
import type { FoundFile } from "./find-files.ts";
import { keepKnownFields } from "./known-fields.ts";
import { locatePath, type Position, positionAt } from "./positions.ts";

/** One problem of a file: where it is in the definition, and where in the file. */
export type LocatedProblem = FieldProblem & Position;

/** A file as it was read. */
export type DefinitionFile = {
  readonly path: string;
  /** Empty where it names none. */
  readonly dashboardId: string;
  /** What it holds; undefined where it cannot be read, for which `problems` has the reasons. */
  readonly definition: Definition | undefined;
  /** What is wrong whatever the service would say: its syntax, and what is no definition's. */
  readonly problems: readonly LocatedProblem[];
  /** Finds where in the file problems of the definition are. */
  readonly locate: (problems: readonly FieldProblem[]) => readonly LocatedProblem[];
};

/** More than any definition that a service takes, so that a wrong file is told at once. */
const maxBytes = 8 * 1024 * 1024;

/**
 * Reads a file of YAML or JSON. Undefined for a find in a folder that is no definition's: it has neither `dashboard_id`
 * nor `layout`. Throws an error of usage where there is no such file.
 */
export async function readDefinitionFile({ path, isNamed }: FoundFile): Promise<DefinitionFile | undefined> {
  const file = parseDefinition(path, await readText(path));
  return isNamed || file.isDefinition ? file : undefined;
}

async function readText(path: string): Promise<string> {
  try {
    if ((await stat(path)).size > maxBytes) throw usageError(`${path} is too large for a definition`);
    return await readFile(path, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === undefined) throw cause;
    throw usageError(`${path} is not there, or cannot be read`, cause);
  }
}

/** Parses the text of a file. */
export function parseDefinition(path: string, text: string): DefinitionFile & { readonly isDefinition: boolean } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const locate = (problems: readonly FieldProblem[]) =>
    problems.map((problem) => ({ ...problem, ...locatePath(document, lines, problem.field) }));
  const broken = document.errors.map(({ pos, message }) => ({
    field: "",
    description: message,
    ...positionAt(lines, pos[0]),
  }));
  const unread = { path, locate, dashboardId: "", definition: undefined };
  // A definition that somebody is in the middle of writing is one, too.
  if (broken.length > 0) return { ...unread, problems: broken, isDefinition: true };

  let json: JsonValue;
  try {
    json = document.toJS() as JsonValue;
  } catch {
    const problems = locate([{ field: "", description: "it has too many aliases" }]);
    return { ...unread, problems, isDefinition: true };
  }
  const isDefinition = isObject(json) && ("dashboard_id" in json || "layout" in json);
  if (!isObject(json)) return { ...unread, problems: locate([noObject]), isDefinition };
  const dashboardId = typeof json.dashboard_id === "string" ? json.dashboard_id : "";
  const { known, unknown } = keepKnownFields(DefinitionSchema, json);
  const misfits = findMisfits(DefinitionSchema, known).map(({ field, description }) => ({
    field: field === "body" ? "" : field,
    description,
  }));
  const definition = misfits.length === 0 ? readMessage(known) : undefined;
  const unreadable = misfits.length === 0 && definition === undefined ? [unfit] : [];
  const problems = locate([...unknown, ...misfits, ...unreadable]);
  return { path, locate, dashboardId, definition, problems, isDefinition };
}

const noObject: FieldProblem = {
  field: "",
  description: "must be a definition: dashboard_id, layout, datasources ...",
};
const unfit: FieldProblem = { field: "", description: "cannot be read as a definition" };

function readMessage(json: JsonValue): Definition | undefined {
  try {
    return fromJson(DefinitionSchema, json);
  } catch {
    return undefined;
  }
}

/** Returns the digest by which the service knows a definition's content. */
export function digestOf(definition: Definition): string {
  return definitionDigest(definitionToJson(definition));
}

function isObject(json: JsonValue): json is JsonObject {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}
