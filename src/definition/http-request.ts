import type { Value } from "@bufbuild/protobuf/wkt";
import type { HttpSource } from "../../gen/datajetty/dashboards/v1/datasource_pb.js";
import type { FieldProblem } from "../errors/fault.ts";
import { readValueTemplate } from "./value-template.ts";

/** Returns the names of the filters' values that the request stands for, each once: of path, query and body. */
export function httpNames(source: HttpSource): readonly string[] {
  return [...new Set(httpMentions(source))];
}

/** Returns the names as `httpNames` does, each as often as it occurs. */
export function httpMentions(source: HttpSource): readonly string[] {
  const texts = [...readSegments(source.path), ...Object.values(source.query), ...stringsOf(source.body)];
  const templates = texts.map(readValueTemplate);
  return templates.flatMap((template) => (template && "name" in template ? [template.name] : []));
}

/**
 * Returns what is wrong with the request, where the fields for themselves are right. The path of a problem ends
 * before a parameter's name, which is the caller's own text.
 */
export function readHttpProblems(source: HttpSource): readonly FieldProblem[] {
  const segments = readSegments(source.path);
  const problems: FieldProblem[] = [];
  const report = (field: string, description: string) => problems.push({ field: `http.${field}`, description });
  const areRead = (texts: readonly string[]) => texts.every((text) => readValueTemplate(text) !== undefined);
  if (!areRead(segments)) report("path", strayColon);
  if (segments.some(isDots)) report("path", "must have no segment `.` or `..`");
  if (segments.slice(0, -1).includes("")) report("path", "must have no empty segment but the last");
  if (!areRead(Object.values(source.query))) report("query", strayColon);
  if (!areRead(stringsOf(source.body))) report("body", strayColon);
  if (source.body !== undefined && source.method !== "POST") report("body", "goes with the method POST only");
  const names = source.columns.map(({ name }) => name);
  for (const [at, name] of names.entries()) {
    if (names.indexOf(name) < at) report(`columns[${at}].name`, "is another column's name");
  }
  return problems;
}

/** Returns the segments of a path: none for an empty one, and an empty one at the end for a slash there. */
export function readSegments(path: string): readonly string[] {
  return path.split("/").slice(1);
}

/** Whether a segment is one of those by which a path climbs, or stays where it is: for some servers `..;x` is. */
export function isDots(segment: string): boolean {
  return /^\.\.?(;|$)/.test(segment);
}

const strayColon = "a colon begins neither `:name` nor `::`, which stands for a colon";

/** The strings of a JSON value, except the names in objects. */
function stringsOf(body: Value | undefined): readonly string[] {
  const texts: string[] = [];
  // The list grows as it is walked.
  const values = body === undefined ? [] : [body];
  for (const { kind } of values) {
    if (kind.case === "stringValue") texts.push(kind.value);
    if (kind.case === "listValue") for (const item of kind.value.values) values.push(item);
    if (kind.case === "structValue") for (const item of Object.values(kind.value.fields)) values.push(item);
  }
  return texts;
}
