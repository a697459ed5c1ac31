import { type DescMessage, type JsonValue, toJson } from "@bufbuild/protobuf";
import { StringRulesSchema } from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import * as assert from "uvu/assert";
import {
  GetDefinitionRequestSchema,
  RenderRequestSchema,
  SaveDefinitionRequestSchema,
} from "../../gen/datajetty/dashboards/v1/dashboards_service_pb.js";
import { HealthCheckResponseSchema } from "../../gen/grpc/health/v1/health_pb.js";
import { toErrorAnswer } from "../../src/errors/answer.ts";
import { createBind } from "../../src/rest/bind.ts";
import { parseTemplate } from "../../src/rest/template.ts";
import { suite } from "../harness.ts";

const test = suite("binding");

type Rule = { readonly schema: DescMessage; readonly path: string; readonly body: string };

const render: Rule = { schema: RenderRequestSchema, path: "/render", body: "*" };
const save: Rule = { schema: SaveDefinitionRequestSchema, path: "/definitions", body: "*" };
const get: Rule = { schema: GetDefinitionRequestSchema, path: "/definitions/{dashboard_id}", body: "" };
const saveNamed: Rule = { ...save, path: "/definitions/{dashboard_id}" };
const saveLayout: Rule = { ...save, path: "/definitions/{dashboard_id}", body: "layout" };
const titled: Rule = { ...save, path: "/titles/{layout.title}" };
const rules: Rule = { schema: StringRulesSchema, path: "/rules", body: "" };
const status: Rule = { schema: HealthCheckResponseSchema, path: "/status", body: "" };

type Request = { readonly variables?: Record<string, string>; readonly query?: string; readonly body?: string };

function bind({ schema, path, body }: Rule, request: Request): JsonValue {
  const message = createBind(
    schema,
    parseTemplate(path),
    body,
  )({
    variables: new Map(Object.entries(request.variables ?? {})),
    query: request.query ?? "",
    body: Buffer.from(request.body ?? ""),
  });
  return toJson(schema, message, { useProtoFieldName: true });
}

const bound: [name: string, rule: Rule, request: Request, message: JsonValue][] = [
  ["a body", render, { body: '{"dashboard_id":"a","version":3}' }, { dashboard_id: "a", version: 3 }],
  ["an empty object", render, { body: "{}" }, {}],
  [
    "any JSON where a Value is",
    render,
    { body: '{"filters":{"a":null,"b":[1,"x",{"__proto__":2}],"c":"NaN"}}' },
    { filters: { a: null, b: [1, "x", JSON.parse('{"__proto__":2}')], c: "NaN" } },
  ],
  ["whole numbers in any notation", render, { body: '{"version":3e2}' }, { version: 300 }],
  [
    "maps, lists and oneofs",
    save,
    {
      body: '{"datasources":[{"id":"d","columns":{"a b":{"decimals":2}},"inline":{"columns":[{"name":"n"}],"rows":[[1],[null]]}}]}',
    },
    {
      datasources: [
        { id: "d", columns: { "a b": { decimals: 2 } }, inline: { columns: [{ name: "n" }], rows: [[1], [null]] } },
      ],
    },
  ],
  ["a path", get, { variables: { dashboard_id: "a" } }, { dashboard_id: "a" }],
  [
    "a path and a query",
    get,
    { variables: { dashboard_id: "a" }, query: "version=7" },
    { dashboard_id: "a", version: 7 },
  ],
  [
    "a query with its parts empty",
    get,
    { variables: { dashboard_id: "a" }, query: "&&version=7&" },
    { dashboard_id: "a", version: 7 },
  ],
  ["an encoded query", rules, { query: "pref%69x=a%20b+c%2Bd%E2%82%AC" }, { prefix: "a b c+d€" }],
  ["a repeated parameter of a list", rules, { query: "in=a&in=b" }, { in: ["a", "b"] }],
  ["a parameter without a value", rules, { query: "prefix" }, { prefix: "" }],
  ["a long", rules, { query: "len=18446744073709551615" }, { len: "18446744073709551615" }],
  ["a boolean", rules, { query: "email=true&strict=false" }, { email: true, strict: false }],
  ["an enum by name", status, { query: "status=SERVING" }, { status: "SERVING" }],
  [
    "a path and a body",
    saveNamed,
    { variables: { dashboard_id: "a" }, body: '{"layout":{"title":"t"}}' },
    { dashboard_id: "a", layout: { title: "t" } },
  ],
  [
    "a nested variable and a body around it",
    titled,
    { variables: { "layout.title": "t" }, body: '{"layout":{"theme":"dark"}}' },
    { layout: { title: "t", theme: "dark" } },
  ],
  [
    "a path, a query and a field as the body",
    saveLayout,
    { variables: { dashboard_id: "a" }, query: "expected_version=0", body: '{"title":"t"}' },
    { dashboard_id: "a", layout: { title: "t" }, expected_version: 0 },
  ],
];

for (const [name, rule, request, message] of bound) {
  test(`${name} is bound`, () => {
    assert.equal(bind(rule, request), message);
  });
}

/** With the fields that are told of, or null where none can be named. */
const refused: [name: string, rule: Rule, request: Request, fields: string[] | null][] = [
  ["a string", render, { body: '"x"' }, ["body"]],
  ["null", render, { body: "null" }, ["body"]],
  ["an array", render, { body: "[]" }, ["body"]],
  ["a number for a string", render, { body: '{"dashboard_id":1}' }, ["dashboard_id"]],
  ["null for a string", render, { body: '{"dashboard_id":null}' }, ["dashboard_id"]],
  ["null for an optional number", render, { body: '{"version":null}' }, ["version"]],
  ["null for a map", render, { body: '{"filters":null}' }, ["filters"]],
  ["null for a list", save, { body: '{"datasources":null}' }, ["datasources"]],
  ["null for a message", save, { body: '{"layout":null}' }, ["layout"]],
  ["null in a list", save, { body: '{"layout":{"panels":[null]}}' }, ["layout.panels[0]"]],
  ["lists in a list", save, { body: '{"layout":{"panels":[[],[[]]]}}' }, ["layout.panels[0]", "layout.panels[1]"]],
  ["an array for a map", render, { body: '{"filters":[]}' }, ["filters"]],
  ["an object for a list", save, { body: '{"datasources":{}}' }, ["datasources"]],
  ["a string for a message", save, { body: '{"layout":"{}"}' }, ["layout"]],
  ["a string for a number", render, { body: '{"version":"300"}' }, ["version"]],
  ["a fraction for a whole number", render, { body: '{"version":1.5}' }, ["version"]],
  ["a number out of range", render, { body: '{"version":2147483648}' }, ["version"]],
  ["a boolean for a number", render, { body: '{"version":true}' }, ["version"]],
  ["a JSON name", render, { body: '{"dashboardId":"a"}' }, ["body"]],
  ["another case", render, { body: '{"Dashboard_Id":"a"}' }, ["body"]],
  ["an unknown field", render, { body: '{"dashboard_id":"a","SECRET":"B"}' }, ["body"]],
  ["the field __proto__", render, { body: '{"__proto__":{}}' }, ["body"]],
  ["an unknown field deep down", save, { body: '{"layout":{"panels":[{},{"SECRET":1}]}}' }, ["layout.panels[1]"]],
  [
    "a key of a map with a misfit",
    save,
    { body: '{"datasources":[{"columns":{"SECRET":{"decimals":"x"}}}]}' },
    ["datasources[0].columns.decimals"],
  ],
  [
    "an object in a ListValue",
    save,
    { body: '{"datasources":[{"inline":{"rows":[{}]}}]}' },
    ["datasources[0].inline.rows[0]"],
  ],
  ["two of a oneof", save, { body: '{"datasources":[{"inline":{},"duckdb":{}}]}' }, ["datasources[0]"]],
  ["half a surrogate pair", render, { body: '{"dashboard_id":"\\ud800"}' }, ["dashboard_id"]],
  [
    "every problem at once",
    render,
    { body: '{"dashboard_id":1,"version":"SECRET","theme":null}' },
    ["dashboard_id", "version", "theme"],
  ],
  ["a repeated key", render, { body: '{"dashboard_id":"a","dashboard_id":"SECRET"}' }, null],
  ["a repeated key in disguise", render, { body: '{"dashboard_id":"a","dashboard\\u005fid":"SECRET"}' }, null],
  ["a repeated key deep in a Value", render, { body: '{"filters":{"a":{"SECRET":1,"SECRET":2}}}' }, null],
  ["a query beside the whole body", render, { body: "{}", query: "version=1" }, null],
  ["a body that is not expected", get, { variables: { dashboard_id: "a" }, body: "{}" }, null],
  ["a parameter that the path binds", get, { variables: { dashboard_id: "a" }, query: "dashboard_id=SECRET" }, null],
  ["an unknown parameter", get, { variables: { dashboard_id: "a" }, query: "SECRET=1" }, null],
  ["a parameter by its JSON name", save, { query: "expectedVersion=1" }, null],
  [
    "a parameter for a message",
    saveLayout,
    { variables: { dashboard_id: "a" }, query: "datasources=SECRET", body: "{}" },
    null,
  ],
  [
    "a parameter for the field of the body",
    saveLayout,
    { variables: { dashboard_id: "a" }, query: "layout.title=SECRET", body: "{}" },
    null,
  ],
  ["a repeated parameter", get, { variables: { dashboard_id: "a" }, query: "version=1&version=2" }, ["version"]],
  ["a parameter that is no number", get, { variables: { dashboard_id: "a" }, query: "version=SECRET" }, ["version"]],
  ["a hexadecimal number", get, { variables: { dashboard_id: "a" }, query: "version=0x10" }, ["version"]],
  ["an empty number", get, { variables: { dashboard_id: "a" }, query: "version=" }, ["version"]],
  ["a number with white space", get, { variables: { dashboard_id: "a" }, query: "version=%201" }, ["version"]],
  ["a boolean that is none", rules, { query: "email=1" }, ["email"]],
  ["an enum by number", status, { query: "status=1" }, ["status"]],
  ["a query that is not UTF-8", rules, { query: "prefix=%ff" }, null],
  ["a query with a bare percent sign", rules, { query: "prefix=%" }, null],
  [
    "a body with a field of the path",
    saveNamed,
    { variables: { dashboard_id: "a" }, body: '{"dashboard_id":"SECRET"}' },
    ["dashboard_id"],
  ],
  [
    "a body with a nested field of the path",
    titled,
    { variables: { "layout.title": "a" }, body: '{"layout":{"title":"SECRET"}}' },
    ["layout.title"],
  ],
  [
    "a misfit in a field as the body",
    saveLayout,
    { variables: { dashboard_id: "a" }, body: '{"title":1}' },
    ["layout.title"],
  ],
  [
    "more than a value in a field as the body",
    saveLayout,
    { variables: { dashboard_id: "a" }, body: '{},"dashboard_id":"b"' },
    null,
  ],
];

for (const [name, rule, request, fields] of refused) {
  test(`${name} is refused and not repeated`, () => {
    let problem: unknown;
    try {
      bind(rule, request);
    } catch (error) {
      problem = error;
    }
    const { reason, body } = toErrorAnswer(problem);
    assert.is(reason, "INVALID_REQUEST");
    assert.equal(body.details?.map(({ field }) => field) ?? null, fields);
    assert.not.match(JSON.stringify(body), /SECRET/);
  });
}

test("a misfit is told in words that say what to do", () => {
  try {
    bind(render, { body: '{"x":1,"version":"1"}' });
    assert.unreachable();
  } catch (error) {
    assert.equal(toErrorAnswer(error).body.details, [
      { field: "version", description: "must be a whole number from -2147483648 to 2147483647" },
      {
        field: "body",
        description:
          "has a field that is unknown; it takes dashboard_id, filters, version, theme, locale, timezone, hydrate",
      },
    ]);
  }
});

test("a thousand mistakes are told of as fifty", () => {
  try {
    bind(save, { body: `{"datasources":[${"null,".repeat(999)}null]}` });
    assert.unreachable();
  } catch (error) {
    assert.is(toErrorAnswer(error).body.details?.length, 50);
  }
});

for (const [name, rule] of Object.entries({
  "an unknown variable": { ...get, path: "/{nothing}" },
  "a variable that is a message": { ...save, path: "/{layout}" },
  "a variable that is a list": { ...rules, path: "/{in}" },
  "a variable through a list": { ...save, path: "/{datasources.id}" },
  "an unknown field as the body": { ...save, body: "nothing" },
})) {
  test(`${name} is refused when the rule is read`, () => {
    assert.throws(() => createBind(rule.schema, parseTemplate(rule.path), rule.body), /no (single value|field)/);
  });
}

test.run();
