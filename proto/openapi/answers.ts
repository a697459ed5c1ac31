import type { JsonObject } from "@bufbuild/protobuf";
import { faults, type Reason } from "../../src/errors/fault.ts";
import type { Guide } from "./guide.ts";

/** The schema of every error. New reasons may come, so that any string is one. */
export const errorSchema: JsonObject = {
  type: "object",
  description: "What went wrong. Branch on `reason`, or on the status where that is enough.",
  properties: {
    error: { type: "string", enum: [...new Set(Object.values(faults).map(({ error }) => error))] },
    message: { type: "string", description: "For people: says what to do, and repeats nothing of the request." },
    reason: { type: "string", description: "For programs: stable.", examples: Object.keys(faults) },
    details: {
      type: "array",
      description: "Every problem of the request; absent where there is none to tell.",
      items: {
        type: "object",
        properties: {
          field: { type: "string", description: "Where, as a path such as `layout.panels[2].datasource`." },
          description: { type: "string", description: "What is wrong, and what would be right." },
        },
        required: ["field", "description"],
      },
    },
  },
  required: ["error", "message", "reason"],
};

/** Headers of answers, by the names that documents refer to them by. */
export function headerComponents({ responseHeaders }: Guide): JsonObject {
  return Object.fromEntries(
    Object.entries(headerSchemas).map(([name, schema]) => {
      const description = responseHeaders.get(name);
      if (description === undefined) throw new Error(`docs/api.md does not tell of ${name}`);
      return [name, { description, schema }];
    }),
  );
}

/** References to the headers of an answer: those that all have, and further ones. */
export function headersOf(...further: readonly (keyof typeof headerSchemas)[]): JsonObject {
  return Object.fromEntries(
    (["X-Request-Id", ...further] as const).map((name) => [name, { $ref: `#/components/headers/${name}` }]),
  );
}

/** Returns what a method answers where something goes wrong, by status. */
export function errorAnswers(reasons: ReadonlyMap<Reason, string>, examplesOf: (status: number) => JsonObject) {
  const byStatus = Map.groupBy(reasons, ([reason]) => faults[reason].status);
  return Object.fromEntries(
    [...byStatus].map(([status, told]): [string, JsonObject] => [
      `${status}`,
      {
        description: told.map(([reason, words]) => `- \`${reason}\`: ${words}`).join("\n"),
        headers: headersOf(...furtherHeaders(status)),
        content: {
          "application/json": {
            schema: {
              allOf: [
                { $ref: "#/components/schemas/Error" },
                { properties: { error: { const: faults[told[0]![0]].error } } },
              ],
            },
            ...examplesOf(status),
          },
        },
      },
    ]),
  );
}

/** Whether a token is good is known before the rate is counted, and that before all else. */
function furtherHeaders(status: number): readonly (keyof typeof headerSchemas)[] {
  if (status === 401) return ["WWW-Authenticate"];
  const waits = status === 409 || status === 429 || status === 503;
  return waits ? ["RateLimit-Policy", "RateLimit", "Retry-After"] : ["RateLimit-Policy", "RateLimit"];
}

const headerSchemas = {
  "X-Request-Id": { type: "string" },
  "RateLimit-Policy": { type: "string" },
  RateLimit: { type: "string" },
  "Retry-After": { type: "integer", minimum: 1 },
  "WWW-Authenticate": { const: "Bearer" },
} as const satisfies Record<string, JsonObject>;
