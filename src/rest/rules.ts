import { type DescMethod, getOption, hasOption } from "@bufbuild/protobuf";
import { http } from "../../gen/google/api/annotations_pb.js";
import type { HttpRule } from "../../gen/google/api/http_pb.js";
import { type PathTemplate, parseTemplate } from "./template.ts";

/** One way to call a method over REST. */
export type RestRule = {
  /** The HTTP method, in upper case. */
  readonly httpMethod: string;
  /** The template as it is written. */
  readonly path: string;
  readonly template: PathTemplate;
  /** The field that the body is; `*` for all that are not in the path, empty where there is no body. */
  readonly body: string;
  /** The field that the answer's body is; empty for the whole answer. */
  readonly responseBody: string;
};

/**
 * Reads a method's google.api.http rule and its additional bindings; none where it has no rule. Throws an Error
 * for one that is not supported.
 */
export function readRules(method: DescMethod): readonly RestRule[] {
  if (!hasOption(method, http)) return [];
  const rule = getOption(method, http);
  return [rule, ...rule.additionalBindings].map(readRule);
}

function readRule({ pattern, body, responseBody }: HttpRule): RestRule {
  if (pattern.case === undefined || pattern.case === "custom") throw new Error("custom patterns are not supported");
  if (body !== "" && (pattern.case === "get" || pattern.case === "delete")) {
    throw new Error(`${pattern.case} takes no body`);
  }
  const template = parseTemplate(pattern.value);
  return { httpMethod: pattern.case.toUpperCase(), path: pattern.value, template, body, responseBody };
}
