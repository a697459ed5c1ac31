import type { DescMethod, JsonObject, JsonValue } from "@bufbuild/protobuf";
import { createRoutes } from "../../src/rest/routes.ts";
import { readRules } from "../../src/rest/rules.ts";
import type { Block, Section } from "../../test/docs/markdown.ts";
import { parseCurl } from "../../test/docs/parse-curl.ts";

/** A documented call of a method, which test/docs/examples.test.ts makes, and what it answers. */
export type Example = {
  readonly title: string;
  /** Values of the path's variables, by field. */
  readonly variables: ReadonlyMap<string, string>;
  readonly query: URLSearchParams;
  readonly body: JsonValue | undefined;
  readonly status: number;
  /** Without what the document leaves out. */
  readonly answer: JsonValue;
};

/** Reads the calls that a document shows, by the name of the method that each is of. */
export function readExamples(
  sections: readonly Section[],
  methods: readonly DescMethod[],
): ReadonlyMap<string, readonly Example[]> {
  const find = createRoutes(
    methods.flatMap((method) =>
      readRules(method).map(({ httpMethod, template }) => ({ method: httpMethod, template, target: method.name })),
    ),
  );
  const examples = new Map<string, Example[]>();
  const variables: Record<string, string> = { API: `http://localhost${base}`, TOKEN: "token" };
  for (const { title, blocks } of sections) {
    for (const [at, block] of blocks.entries()) {
      const next = blocks[at + 1];
      if (block.language !== "sh" || !block.text.startsWith("curl ") || next?.language !== "json") continue;
      const { url, method, body } = parseCurl(block.text, variables);
      const { pathname, searchParams } = new URL(url);
      const found = find(method, pathname);
      if (found === undefined || "allow" in found) throw new Error(`${title}: ${method} ${pathname} leads nowhere`);
      const answer = withoutGaps(JSON.parse(next.text) as JsonValue);
      // Later calls name it.
      if (isObject(answer) && typeof answer.share_id === "string") variables.SHARE_ID = answer.share_id;
      const of = examples.get(found.target) ?? [];
      examples.set(found.target, of);
      of.push({
        title: titleOf(block) ?? title,
        variables: found.variables,
        query: searchParams,
        body: body === undefined ? undefined : (JSON.parse(body) as JsonValue),
        status: Number(/answers (\d{3})/.exec(block.before + next.before)?.[1] ?? 200),
        answer,
      });
    }
  }
  return examples;
}

const base = "/api/v1/data-consumption/dashboards";

/** The sentence that leads to a call, if one does. */
function titleOf({ before }: Block): string | undefined {
  return /(?:^|\n)([A-Z][^\n|]*):\n+$/.exec(before)?.[1];
}

/** Leaves out `"..."`, which stands for fields and items that are not shown. */
function withoutGaps(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.filter((item) => item !== gap).map(withoutGaps);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]) => (name === gap ? [] : [[name, withoutGaps(inner)]])),
  );
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const gap = "...";
