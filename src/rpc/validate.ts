import type { DescMessage, Message } from "@bufbuild/protobuf";
import { createValidator, type Violation } from "@bufbuild/protovalidate";
import type { FieldProblem } from "../errors/fault.ts";
import { capProblems } from "../errors/problems.ts";
import { createCountCheck } from "./counts.ts";

/** Finds every limit of the proto that a message breaks. */
export type FieldCheck = (schema: DescMessage, message: Message) => readonly FieldProblem[];

/** Creates the check of protovalidate's rules. Its first use of a schema compiles it: warm it at start. */
export function createFieldCheck(): FieldCheck {
  const validator = createValidator({ regexMatch: createPatternMatch() });
  return (schema, message) => {
    const result = validator.validate(schema, message);
    if (result.kind === "valid") return [];
    if (result.kind === "error") throw result.error;
    return result.violations.map((violation) => ({ field: pathOf(violation), description: violation.message }));
  };
}

/**
 * Matches by the engine's own expressions, over protovalidate's RE2 in script, which takes half a second for a text of
 * 1 MiB that a limit beside the pattern refuses anyway. The patterns are the proto's, and none of them backtracks.
 */
function createPatternMatch(): (pattern: string, text: string) => boolean {
  const known = new Map<string, RegExp>();
  return (pattern, text) => {
    const compiled = known.get(pattern) ?? new RegExp(pattern, "u");
    known.set(pattern, compiled);
    return compiled.test(text);
  };
}

/** Problems of a message that no single field shows, such as a reference to nothing. */
export type CrossFieldCheck = (schema: DescMessage, message: Message) => readonly FieldProblem[];

/**
 * Creates the search for all problems of a message at once, of which it lists as many as an answer takes.
 * Where a list has too many items that is the only one: their own problems could be a million.
 */
export function createProblemSearch(fieldCheck: FieldCheck, crossFieldCheck: CrossFieldCheck): FieldCheck {
  const countCheck = createCountCheck();
  return (schema, message) => {
    const tooMany = countCheck(schema, message);
    if (tooMany.length > 0) return tooMany;
    return capProblems([...fieldCheck(schema, message), ...crossFieldCheck(schema, message)]);
  };
}

/** Writes the path as the JSON has it. A map's key is the caller's own text: a star stands for it, within a path. */
function pathOf({ field }: Violation): string {
  let path = "";
  for (const [at, part] of field.entries()) {
    if (part.kind === "field" || part.kind === "oneof") path += path === "" ? part.name : `.${part.name}`;
    else if (part.kind === "list_sub") path += `[${part.index}]`;
    else if (at < field.length - 1) path += ".*";
  }
  return path;
}
