import { type DescField, type DescMessage, type DescMethod, type JsonObject, ScalarType } from "@bufbuild/protobuf";
import { MethodOptions_IdempotencyLevel as Level } from "@bufbuild/protobuf/wkt";
import type { Reason } from "../../src/errors/fault.ts";
import { bindFields } from "../../src/rest/bound-fields.ts";
import { textToJson } from "../../src/rest/field-text.ts";
import type { RestRule } from "../../src/rest/rules.ts";
import { policies } from "../../src/rpc/policy.ts";
import { errorAnswers, headersOf } from "./answers.ts";
import type { Example } from "./examples.ts";
import type { Guide } from "./guide.ts";
import { isRequired } from "./limits.ts";
import { fieldToSchema, type Refer } from "./schema.ts";
import { splitSentence, wordsOf } from "./words.ts";

/** What operations are told with. */
export type OperationOptions = {
  readonly guide: Guide;
  readonly examplesOf: (method: DescMethod) => readonly Example[];
  /** Refers to a message that is sent without the fields that its path holds. */
  readonly referSent: (message: DescMessage, without: ReadonlySet<string>) => JsonObject;
  readonly refer: Refer;
};

/** What a google.api.HttpBody of ours is, by its type. A picture's bytes have no schema. */
const files: Readonly<Record<string, JsonObject>> = {
  "image/png": {},
  "text/csv": { schema: { type: "string" } },
  "application/json": { schema: { type: "array", items: { type: "object" } } },
};

const fileHeaders: JsonObject = {
  "Content-Disposition": { description: "names the file", schema: { type: "string" } },
};

/** Returns one way to call a method, as OpenAPI has it. Throws an Error where the rule leaves a field out. */
export function methodToOperation(method: DescMethod, rule: RestRule, options: OperationOptions): JsonObject {
  const { guide, examplesOf } = options;
  const policy = policies[method.name];
  if (policy === undefined) throw new Error(`${method.name} has no policy`);
  const examples = examplesOf(method);
  const { first, rest } = splitSentence(wordsOf(method));
  const isEverywhere = (reason: Reason) => reason === "TOKEN_NARROWED" && policy.holds !== true;
  const size = `The body has at most ${policy.maxBodyBytes / 1024} KiB.`;
  return {
    operationId: method.name,
    tags: [method.parent.name],
    summary: first,
    description: [rest, `Needs the scope \`${policy.scope}\`.`].filter((part) => part !== "").join("\n\n"),
    ...(method.deprecated && { deprecated: true }),
    security: [{ bearer: [policy.scope] }],
    ...fieldsOf(method, rule, examples, size, options),
    responses: {
      "200": {
        description: wordsOf(method.output),
        headers: {
          ...headersOf("RateLimit-Policy", "RateLimit"),
          ...(method.output.fields.some(isFile) && fileHeaders),
        },
        content: contentOf(method, rule, exampleAnswers(examples, 200), options.refer),
      },
      ...errorAnswers(guide.reasonsOf(method.name, isEverywhere), (status) => exampleAnswers(examples, status)),
    },
  };
}

function fieldsOf(
  { input, idempotency, name }: DescMethod,
  { template, body }: RestRule,
  examples: readonly Example[],
  size: string,
  { referSent, refer }: OperationOptions,
): JsonObject {
  const bound = bindFields(input, template, body);
  const inPath = [...bound.path.values()].map(single);
  const inQuery = input.fields.filter((field) => bound.queryNames().includes(field.name));
  const there = new Set([...inPath, ...inQuery].map((field) => field.name));
  const left = input.fields.filter((field) => !there.has(field.name) && body !== "*" && body !== field.name);
  if (left.length > 0) throw new Error(`${name}: nothing holds ${left.map((field) => field.name).join(", ")}`);

  const bodies = examples.filter((example) => example.body !== undefined && example.status === 200);
  const schema =
    body === "*"
      ? referSent(input, new Set(inPath.map((field) => field.name)))
      : body !== "" && fieldToSchema(input.fields.find((field) => field.name === body)!, refer);
  return {
    parameters: [
      ...inPath.map((field) => toParameter(field, "path", valueIn("variables", field))),
      ...inQuery.map((field) => toParameter(field, "query", valueIn("query", field))),
      { $ref: "#/components/parameters/X-Request-Id" },
      ...(idempotency === Level.NO_SIDE_EFFECTS ? [] : [{ $ref: "#/components/parameters/Idempotency-Key" }]),
      { $ref: "#/components/parameters/X-Tenant-Id" },
    ],
    ...(schema !== false && {
      requestBody: {
        required: true,
        description: size,
        content: { "application/json": { schema, ...toExamples(bodies, (example) => example.body!) } },
      },
    }),
  };

  function toParameter(field: DescField, place: string, example: string | undefined): JsonObject {
    const { description, deprecated, ...schema } = fieldToSchema(field, refer);
    return {
      name: field.name,
      in: place,
      required: place === "path" || isRequired(field),
      description: description!,
      ...(deprecated === true && { deprecated }),
      schema,
      ...(example !== undefined && { example: textToJson(field, example) }),
    };
  }

  function valueIn(place: "variables" | "query", field: DescField): string | undefined {
    return examples.map((example) => example[place].get(field.name)).find((value) => typeof value === "string");
  }
}

/** A path's variable is a field of the request itself: those of its messages would have to be left out of these. */
function single(path: readonly DescField[]): DescField {
  if (path.length !== 1 || path[0]!.scalar !== ScalarType.STRING) throw new Error("only texts of a request are told");
  return path[0]!;
}

function contentOf({ output }: DescMethod, { responseBody }: RestRule, examples: JsonObject, refer: Refer): JsonObject {
  if (responseBody === "") return { "application/json": { schema: refer(output), ...examples } };
  const field = output.fields.find((each) => each.name === responseBody)!;
  if (isFile(field)) {
    return { ...files, "application/json": { ...files["application/json"], ...examples } };
  }
  return { "application/json": { schema: fieldToSchema(field, refer), ...examples } };
}

function isFile({ message }: DescField): boolean {
  return message?.typeName === "google.api.HttpBody";
}

function exampleAnswers(examples: readonly Example[], status: number): JsonObject {
  return toExamples(
    examples.filter((example) => example.status === status),
    (example) => example.answer,
  );
}

function toExamples(examples: readonly Example[], pick: (example: Example) => JsonObject[string]): JsonObject {
  if (examples.length === 0) return {};
  const named = examples.map((example, at) => [`${at + 1}`, { summary: example.title, value: pick(example) }]);
  return { examples: Object.fromEntries(named) as JsonObject };
}
